// Asks for the name of a folder.
import { openDialog } from "../dialogs.js";
import { button, element } from "../elements.js";
import { t } from "../i18n.js";

/** Resolves to what was typed, without blanks around it; to nothing for Cancel. */
export function askName(title, action, name = "") {
  return openDialog(title, (body, close) => {
    const form = element("form", "", "naming"), input = element("input"), buttons = element("footer"), confirm = element("button", action, "button primary");
    Object.assign(input, { value: name, dir: "auto", autocomplete: "off", required: true, maxLength: 200 });
    input.setAttribute("aria-label", t("library.folder_name"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) close(input.value.trim());
    });
    buttons.append(button(t("page.cancel"), () => close(), "button"), confirm);
    form.append(input, buttons);
    body.append(form);
    queueMicrotask(() => { input.focus(); input.select(); });
  }, "small");
}
