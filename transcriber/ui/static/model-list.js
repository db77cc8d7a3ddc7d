// Every model that there can be: what is here and how it is, and what can be set up, with its size and licence.
import { arrange, element } from "./elements.js";
import { ModelRow } from "./model-row.js";
import { feed } from "./jobs-feed.js";
import { models } from "./models-feed.js";
import { post } from "./requests.js";

export class ModelList extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<p class="message" role="alert"></p><ul role="list" aria-label="Models on this computer"></ul>
      <details><summary></summary><p class="hint"></p><ul role="list" aria-label="More models"></ul></details>`;
    [this.here, this.more] = this.querySelectorAll("ul");
    this.rows = new Map();
    models.listen(() => this.paint());
  }

  paint() {
    for (const model of models.models) {
      if (!this.rows.has(model.name)) this.rows.set(model.name, new ModelRow(this, model.name));
      this.rows.get(model.name).paint(model, models.can_set_up);
    }
    const items = (isMissing) => models.models.filter((model) => (model.state === "missing") === isMissing).map((model) => this.rows.get(model.name).item);
    arrange(this.here, items(false));
    arrange(this.more, items(true));
    this.querySelector("summary").textContent = `More models (${this.more.children.length})`;
    this.querySelector(".hint").textContent = models.can_set_up
      ? "Download starts the set-up program. It goes online for this model and then ends; this page and the engine stay offline."
      : "Set them up on the command line: python setup_local_models.py NAME";
  }

  async act(name, what) {
    const message = this.querySelector(".message");
    message.textContent = "";
    try {
      await post(`/models/${name}/${what}`);
      await feed.refresh();
    } catch (error) {
      message.textContent = error.message;
    }
  }
}
