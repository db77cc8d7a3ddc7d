// As which files every finished transcript is saved, and where.
import { get, send } from "./requests.js";
import { element } from "./elements.js";

export class SavedFormats extends HTMLElement {
  async connectedCallback() {
    const { formats, sidecars, known_formats: known, folder } = await get("/settings");
    const field = element("fieldset"), legend = element("legend", "Save every finished transcript as");
    const boxes = Object.entries(known).map(([name, title]) => choice(name, name.toUpperCase(), title, formats.includes(name)));
    const beside = choice("", "With a record of where each came from", "beside each file; JSON has it inside", sidecars);
    this.sidecars = beside.firstChild;
    this.message = element("p", `in ${folder}`);
    field.append(legend, ...boxes, beside);
    field.addEventListener("change", () => this.save());
    this.replaceChildren(field, this.message);
  }

  async save() {
    const formats = [...this.querySelectorAll("input:checked")].map((box) => box.value).filter(Boolean);
    const chosen = { formats, sidecars: this.sidecars.checked };
    await send("PUT", "/settings", JSON.stringify(chosen), { "content-type": "application/json" })
      .catch((error) => { this.message.textContent = error.message; });
  }
}

/** A box to tick, with its name and what that means. */
function choice(value, name, meaning, checked) {
  const label = element("label"), box = element("input"), what = element("span", meaning, "what");
  Object.assign(box, { type: "checkbox", value, checked });
  box.setAttribute("aria-label", name);
  box.setAttribute("aria-description", meaning);
  label.append(box, element("b", name), what);
  return label;
}
