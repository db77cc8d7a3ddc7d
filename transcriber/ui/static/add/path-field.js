// A file of this computer by its path: nothing is copied.
import { startPath } from "./starting.js";
import { element } from "../elements.js";
import { pictured } from "../icons.js";
import { t } from "../i18n.js";

export class PathField extends HTMLElement {
  connectedCallback() {
    const form = element("form", "", "path-form"), label = element("label", t("add.path")), input = element("input"), wrong = element("p", "", "error");
    const opener = pictured("pencil", t("add.from_path"), () => { form.hidden = !form.hidden; this.paint(opener, form); if (!form.hidden) input.focus(); });
    Object.assign(input, { id: "path", autocomplete: "off", spellcheck: false, dir: "auto", required: true });
    wrong.id = "path-wrong";
    wrong.setAttribute("role", "alert");
    input.setAttribute("aria-describedby", wrong.id);
    label.htmlFor = input.id;
    form.hidden = true;
    form.noValidate = true;
    form.append(label, input, element("button", t("add.transcribe"), "button"), wrong);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.begin(input, wrong); });
    input.addEventListener("input", () => this.say(input, wrong, ""));
    this.paint(opener, form);
    this.append(opener, form);
  }

  paint(opener, form) { opener.setAttribute("aria-expanded", String(!form.hidden)); }

  async begin(input, wrong) {
    this.say(input, wrong, "");
    if (!input.value.trim()) { this.say(input, wrong, t("add.no_path")); return; }
    try {
      if (await startPath(input.value)) input.value = "";
    } catch (error) {
      this.say(input, wrong, error.message);
    }
  }

  say(input, wrong, text) {
    wrong.textContent = text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
  }
}
