// What is said to the user: a sentence on what has just been done, and what a screen reader says.
import { button, element } from "./elements.js";
import { t } from "./i18n.js";

const MILLISECONDS = 9000;
let shown, timer, before;

/** Shows `text` for some seconds, in place of the one before; `undo`: what the button beside it does, `label` what it says.
 * It stays while it has the focus or the mouse. Returns it: it is connected as long as it is shown. */
export function toast(text, { undo = null, label = t("page.undo") } = {}) {
  clear();
  const note = shown = element("div", "", "toast");
  note.setAttribute("role", "status");
  const words = element("span", text);
  words.dir = "auto";
  note.append(words);
  note.addEventListener("focusin", ({ relatedTarget }) => { if (relatedTarget && !note.contains(relatedTarget)) before = relatedTarget; });
  if (undo) note.append(button(label, () => { if (shown === note) clear(); undo(); }));
  document.body.append(note);
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => { if (shown === note) clear(); }, MILLISECONDS); };
  for (const name of ["mouseenter", "focusin"]) note.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["mouseleave", "focusout"]) note.addEventListener(name, wait);
  wait();
  return note;
}

/** Takes it away, where it is still shown. */
export function dismiss(note) {
  if (shown === note) clear();
}

function clear() {
  clearTimeout(timer);
  const held = shown?.contains(document.activeElement);
  shown?.remove();
  if (held && before?.isConnected) before.focus({ preventScroll: true });
  shown = null;
}

// What is said to those who do not see the page: one polite place for it.
const place = document.createElement("div");
place.setAttribute("role", "status");
place.className = "visually-hidden";

/** Has a screen reader say `text`, once it has done with what it says now. */
export function announce(text) {
  if (!place.isConnected) document.body.append(place);
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}
