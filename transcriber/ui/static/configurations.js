// The list of configurations: which is active, what each needs, and activating and deleting them.
import { arrange, button, confirmed, element } from "./elements.js";
import { feed } from "./jobs-feed.js";
import { models } from "./models-feed.js";
import { post } from "./requests.js";

export const DEVICES = { auto: "automatic device", cpu: "processor", cuda: "NVIDIA card (CUDA)" };

export class ConfigurationList extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<p class="message" role="alert"></p><ul role="list" aria-label="Configurations"></ul>`;
    this.rows = new Map();
    models.listen(() => this.paint());
  }

  paint() {
    this.rows = new Map(models.configurations.map((one) => [one.id, this.rows.get(one.id) || new Row(this, one.id)]));
    for (const one of models.configurations) this.rows.get(one.id).paint(one);
    arrange(this.querySelector("ul"), [...this.rows.values()].map((row) => row.item));
  }

  async act(endpoint, id) {
    const message = this.querySelector(".message");
    message.textContent = "";
    try {
      await post(`/api/${endpoint}/`, { model_id: id });
      await feed.refresh();
    } catch (error) {
      message.textContent = error.message;
    }
  }
}

/** One configuration. */
class Row {
  constructor(list, id) {
    this.item = element("li");
    this.name = element("strong");
    this.marks = element("span", "", "marks");
    this.what = element("p", "", "what");
    this.description = element("p", "", "description");
    this.trouble = element("p", "", "trouble");
    this.warnings = element("ul", "", "warnings");
    this.name.dir = this.description.dir = "auto";
    this.activate = button("Activate", () => list.act("set_stt_model", id));
    this.remove = button("Delete", async () => {
      if (await confirmed(this.item, `Delete the configuration “${this.name.textContent}”? Models and transcripts stay.`, "Delete")) {
        await list.act("delete_stt_model", id);
      }
    });
    const head = element("p", "", "head"), actions = element("span", "", "actions");
    head.append(this.name, this.marks);
    actions.append(this.activate, this.remove);
    this.item.append(head, actions, this.what, this.description, this.trouble, this.warnings);
  }

  paint(one) {
    this.item.setAttribute("aria-label", one.name);
    this.item.toggleAttribute("aria-current", one.is_active);
    this.name.textContent = one.name;
    const marks = [one.is_active && element("span", "✓ Active", "mark active"), one.is_default && element("span", "Default", "mark")];
    this.marks.replaceChildren(...marks.filter(Boolean));
    const computing = one.compute_type === "auto" ? "" : `, ${one.compute_type}`;
    this.what.textContent = `${one.title} · ${one.model_type} · ${DEVICES[one.device] || one.device}${computing}`;
    this.description.textContent = one.description;
    this.trouble.textContent = one.available ? "" : `Not usable: ${one.message}`;
    this.warnings.replaceChildren(...one.warnings.map((warning) => element("li", warning)));
    this.activate.hidden = one.is_active;
    this.activate.disabled = !one.available;
    this.remove.hidden = one.is_active || one.is_default;
  }
}
