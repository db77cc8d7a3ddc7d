// The keys of the whole page: one table, which the dialog behind “?” prints. While somebody types, the same work with Alt.
import { openDialog } from "./dialogs.js";
import { element } from "./elements.js";
import { t } from "./i18n.js";

const shortcuts = [];

/** Has `act(event)` done when one of `keys` is pressed, as "Space", "Shift+N", "Ctrl+F" (Cmd on a Mac), "?". It says false where
 * it is not for it. `group` and `name` are keys of texts in the section "keys"; `shown` is how the keys are printed.
 * `typing`: also with Alt while a text is written. */
export function shortcut(keys, group, name, act, { shown = keys[0], typing = false } = {}) {
  shortcuts.push({ keys: new Set(keys), group, name, act, shown, typing });
}

/** All, in the order of their groups. */
const allShortcuts = () => shortcuts;

function pressed(event) {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isLetter = key.toUpperCase() !== key.toLowerCase() || key.length > 1;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.shiftKey && isLetter ? "Shift+" : ""}${key}`;
}

/** The letter of a key that Alt has made another (on a Mac Alt+K is ˚). */
const plain = (event) => (/^(Key|Digit)/.test(event.code) ? event.code.replace(/^(Key|Digit)/, "") : pressed(event));

/** Whether what is pressed there is written. */
export const isTyping = (target) => Boolean(target.closest?.("input:not([type=checkbox], [type=radio], [type=range], [type=file], [type=button]), textarea, select, [contenteditable]:not([contenteditable=false])"));

/** Keys that such an element has a use of its own for. */
function isTaken(event) {
  const own = event.target.closest?.("button, a, summary, label, [role=slider], [role=listbox], [role=option], [role=radio], [role=menuitem], input[type=range], audio, video");
  return Boolean(own) && [" ", "Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key);
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const writes = isTyping(event.target), held = pressed(event);
  const isCommand = held.startsWith("Ctrl+");
  if (isTaken(event) && !event.altKey) return;
  if (event.altKey && !writes) return;
  const wanted = event.altKey ? plain(event) : held;
  for (const { keys, act, typing } of shortcuts) {
    if (!keys.has(wanted) || (writes && !isCommand && !(event.altKey && typing))) continue;
    if (act(event) === false) continue;
    event.preventDefault();
    return;
  }
});

// The dialog behind “?”: all keys of the table.
const GROUPS = ["listening", "correcting", "speakers", "places"];
/** What is said besides the table: that the same keys work while somebody writes. */
const WRITING = [["Alt", "typing"]];

export function showKeys() {
  return openDialog(t("keys.title"), (body) => {
    const grid = element("div", "", "keys");
    for (const group of GROUPS) grid.append(part(group));
    body.append(grid);
  });
}

function part(group) {
  const section = element("section"), list = element("dl");
  const known = allShortcuts().filter((one) => one.group === group).map(({ shown, name }) => [shown, name]);
  for (const [keys, name] of [...known, ...(group === "correcting" ? WRITING : [])]) {
    const written = element("dd");
    written.append(...keys.split(" · ").map((key) => element("kbd", key)));
    list.append(element("dt", t(`keys.${name}`)), written);
  }
  section.append(element("h3", t(`keys.${group}`)), list);
  return section;
}

shortcut(["?"], "places", "these", () => { showKeys(); });
