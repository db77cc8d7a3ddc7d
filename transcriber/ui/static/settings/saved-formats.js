// As which files every finished transcript is saved, and where.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { sendJson } from "../requests.js";
import { settings } from "../settings-feed.js";

export class SavedFormats extends HTMLElement {
  async connectedCallback() {
    await settings.known;
    const { formats, sidecars, known_formats: known, folder } = settings;
    const field = element("fieldset", "", "formats"), legend = element("legend", t("settings.save_as"), "hint"), where = element("p", t("settings.saved_in"), "hint");
    this.boxes = Object.entries(known).map(([name, title]) => choice(name, name.toUpperCase(), meaning(name, title), formats.includes(name)));
    this.sidecars = choice("", t("settings.sidecars"), t("settings.sidecars_about"), sidecars);
    this.error = element("p", "", "error");
    this.error.setAttribute("role", "alert");
    where.append(" ", element("bdi", folder, "path"));
    field.append(legend, ...this.boxes);
    this.addEventListener("change", () => this.save());
    this.replaceChildren(field, this.sidecars, where, this.error);
  }

  async save() {
    const chosen = (label) => label.querySelector("input").checked;
    const formats = this.boxes.filter(chosen).map((label) => label.querySelector("input").value);
    this.error.textContent = "";
    await sendJson("PUT", "/settings", { formats, sidecars: chosen(this.sidecars) }).catch((error) => { this.error.textContent = error.message; });
  }
}

/** What a format is for, in the page's language, where it has a text for it. */
function meaning(name, title) {
  const key = `export.hints.${name}`, text = t(key);
  return text === key || text.startsWith(".") ? title : text;
}

/** A box to tick, with its name and what that means. */
function choice(value, name, meaning, checked) {
  const label = element("label", "", "choice"), box = element("input"), what = element("span", meaning, "hint");
  Object.assign(box, { type: "checkbox", value, checked });
  box.setAttribute("aria-label", name);
  box.setAttribute("aria-description", meaning);
  label.append(box, element("b", name), what);
  return label;
}
