// Dialogs: the browser's own <dialog>, which keeps the focus inside and gives it back.
import { button, element } from "./elements.js";
import { iconButton } from "./icons.js";
import { t } from "./i18n.js";

let made = 0;

/** An open dialog with a title and what `fill(body, close)` puts into it. Resolves to what close() was given; undefined for
 * Escape, the cross, or a click beside it. */
export function openDialog(title, fill, style = "") {
  const dialog = element("dialog", "", `dialog ${style}`), header = element("header"), heading = element("h2", title), body = element("div", "", "body");
  heading.id = `dialog-${made += 1}`;
  heading.dir = "auto";
  dialog.setAttribute("aria-labelledby", heading.id);
  let answer;
  const close = (given) => { answer = given; dialog.close(); };
  header.append(heading, iconButton("x", t("page.close"), () => close()));
  dialog.append(header, body);
  document.body.append(dialog);
  fill(body, close);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
  });
}

/** Asks before what cannot be undone; resolves to whether it is wanted. */
export async function confirmed(question, action, keep = t("page.keep")) {
  const answer = await openDialog(question, (body, close) => {
    const buttons = element("footer");
    buttons.append(button(keep, () => close(false), "button"), button(action, () => close(true), "button danger"));
    body.append(buttons);
  }, "small");
  return answer === true;
}
