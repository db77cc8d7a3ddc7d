// The user's names and terms, a textarea: the program keeps them as soon as it is left.
import { get, send } from "./requests.js";

export class VocabularyField {
  /** `onChange` is told of every change: with a sentence if they could not be kept, else with "". */
  constructor(area, onChange) {
    Object.assign(this, { area, onChange, terms: [] });
    area.addEventListener("change", () => { this.isChanged = true; this.keeping = this.keep(); });
    this.keeping = this.load();
  }

  /** Resolves to whether the program has what stands here. */
  async kept() {
    if (!(await this.keeping)) this.keeping = this.isChanged ? this.keep() : this.load();
    return this.keeping;
  }

  /** Nothing is written here before what was kept is known. */
  load() {
    this.area.disabled = true;
    return this.take(get("/vocabulary")).finally(() => { this.area.disabled = false; });
  }

  keep() {
    const terms = this.area.value.split("\n");
    return this.take(send("PUT", "/vocabulary", JSON.stringify({ terms }), { "content-type": "application/json" }));
  }

  /** Shows the terms as the program understood them, unless the user writes on. */
  async take(answer) {
    const before = this.area.value;
    try {
      this.terms = (await answer).terms;
      if (this.area.value === before) this.area.value = this.terms.join("\n");
      this.onChange("");
      return true;
    } catch (error) {
      this.onChange(error.message);
      return false;
    }
  }
}
