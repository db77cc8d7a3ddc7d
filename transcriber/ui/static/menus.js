// Menus that open at a button, or where somebody clicked with the other button of the mouse.
import { button, element } from "./elements.js";
import { icon } from "./icons.js";

const MARGIN = 8;
let open = null, pressed = null;

addEventListener("pointerdown", ({ target }) => { pressed = open?.anchor.contains?.(target) ? open.anchor : null; }, true);

/** Opens a menu at `anchor`, an element or { x, y }. `entries`: { text, icon, act, checked, isDisabled, drop }, a string for a
 * heading, or null for a line; `checked`, if given, makes it one of several choices. `label` is the menu's accessible name. When
 * the menu closes, the focus goes back to where it was. */
export function openMenu(anchor, entries, label) {
  if (anchor === pressed) { pressed = null; return; }  // the click that closed it
  open?.hidePopover();
  const menu = element("div", "", "menu"), before = document.activeElement;
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  menu.append(...entries.map((entry) => (entry === null ? element("hr") : typeof entry === "string" ? heading(entry) : item(menu, entry))));
  menu.addEventListener("keydown", (event) => move(menu, event));
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") return;
    if (open === menu) open = null;
    anchor.setAttribute?.("aria-expanded", "false");
    menu.remove();
  });
  Object.assign(menu, { anchor, back: before === document.body ? anchor : before });
  landmarkOf(anchor.closest ? anchor : before).append(menu);
  menu.showPopover();
  open = menu;
  anchor.setAttribute?.("aria-expanded", "true");
  place(menu, anchor.getBoundingClientRect ? anchor.getBoundingClientRect() : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y });
  (menu.querySelector("[aria-checked=true]") || items(menu)[0])?.focus();
}

/** Where it belongs to; what is outside of an open dialog is dead. */
const landmarkOf = (part) => part.closest("nav, main, aside, dialog, [role=region]") || document.body;
const items = (menu) => [...menu.querySelectorAll("button:not(:disabled)")];

function heading(text) {
  const made = element("p", text, "heading");
  made.setAttribute("role", "presentation");
  return made;
}

function item(menu, { text, icon: shape, act, checked, isDisabled = false, isDanger = false, drop }) {
  const made = button("", () => { close(menu); act(); }, isDanger ? "danger" : ""), name = element("span", text);
  name.dir = "auto";
  made.disabled = isDisabled;
  made.tabIndex = -1;
  made.setAttribute("role", checked === undefined ? "menuitem" : "menuitemradio");
  if (checked !== undefined) made.setAttribute("aria-checked", String(checked));
  made.append(shape || checked === undefined ? icon(shape || "right") : icon("check"), name);
  made.classList.toggle("unmarked", !shape && !checked);
  if (drop) takeDrops(made, menu, drop);
  return made;
}

function takeDrops(made, menu, drop) {
  made.addEventListener("dragover", (event) => { event.preventDefault(); made.focus(); });
  made.addEventListener("drop", (event) => { event.preventDefault(); event.stopPropagation(); close(menu); drop(); });
}

function close(menu) {
  const { back } = menu;
  menu.hidePopover();
  if (back.isConnected) back.focus({ preventScroll: true });
}

/** The keys of a menu; none of them reaches the page. */
function move(menu, event) {
  const all = items(menu), now = all.indexOf(document.activeElement);
  const to = { ArrowDown: (now + 1) % all.length, ArrowUp: (now - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) all[to]?.focus();
  else if (event.key === "Escape" || event.key === "Tab") close(menu);
  else if (event.key.length === 1 && event.key !== " ") byLetter(all, now, event.key);
  else { event.stopPropagation(); return; }
  event.preventDefault();
  event.stopPropagation();
}

function byLetter(all, now, letter) {
  const after = [...all.slice(now + 1), ...all.slice(0, now + 1)];
  after.find((made) => made.textContent.toLocaleLowerCase().startsWith(letter.toLocaleLowerCase()))?.focus();
}

function place(menu, { left, right, top, bottom }) {
  const { width, height } = menu.getBoundingClientRect(), isFromRight = left + width > innerWidth - MARGIN;
  const x = isFromRight ? right - width : left, y = bottom + height + 4 > innerHeight - MARGIN ? Math.max(MARGIN, top - height - 4) : bottom + 4;
  Object.assign(menu.style, { left: `${Math.max(MARGIN, x)}px`, top: `${y}px` });
}
