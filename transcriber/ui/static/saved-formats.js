// As which files every finished transcript is saved, and where.
import { get, send } from "./requests.js";
import { element } from "./elements.js";

export class SavedFormats extends HTMLElement {
  async connectedCallback() {
    const { formats, known_formats: known, folder } = await get("/settings");
    const field = element("fieldset"), legend = element("legend", "Save every finished transcript as");
    const boxes = known.map((name) => {
      const label = element("label", name.toUpperCase()), box = element("input");
      Object.assign(box, { type: "checkbox", value: name, checked: formats.includes(name) });
      label.prepend(box);
      return label;
    });
    this.message = element("p", `in ${folder}`);
    field.append(legend, ...boxes);
    field.addEventListener("change", () => this.save());
    this.replaceChildren(field, this.message);
  }

  async save() {
    const formats = [...this.querySelectorAll("input:checked")].map((box) => box.value);
    await send("PUT", "/settings", JSON.stringify({ formats }), { "content-type": "application/json" })
      .catch((error) => { this.message.textContent = error.message; });
  }
}
