// The list of configurations: which is active, what each needs, and activating and deleting them.
import { confirmed } from "../dialogs.js";
import { arrange, button, element } from "../elements.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { models } from "../models-feed.js";
import { post } from "../requests.js";

/** What a device is called. */
export const deviceName = (device) => t(`models.device.${device}`);

export class ConfigurationList extends HTMLElement {
  connectedCallback() {
    this.message = element("p", "", "message");
    this.message.setAttribute("role", "alert");
    this.list = element("ul", "", "configurations");
    this.list.setAttribute("role", "list");
    this.list.setAttribute("aria-label", t("models.configurations"));
    this.append(this.message, this.list);
    this.rows = new Map();
    models.listen(() => this.paint());
  }

  paint() {
    this.rows = new Map(models.configurations.map((one) => [one.id, this.rows.get(one.id) || new Row(this, one.id)]));
    for (const one of models.configurations) this.rows.get(one.id).paint(one);
    arrange(this.list, [...this.rows.values()].map((row) => row.item));
  }

  async act(endpoint, id) {
    this.message.textContent = "";
    try {
      await post(`/api/${endpoint}/`, { model_id: id });
      await feed.refresh();
    } catch (error) {
      this.message.textContent = error.message;
    }
  }
}

/** One configuration. */
class Row {
  constructor(list, id) {
    this.item = element("li", "", "configuration");
    this.name = element("b");
    this.marks = element("span", "", "badges");
    this.what = element("p", "", "say");
    this.description = element("p", "", "say");
    this.trouble = element("p", "", "trouble");
    this.warnings = element("ul", "", "notes");
    this.name.dir = this.description.dir = "auto";
    this.activate = button(t("models.activate"), () => list.act("set_stt_model", id), "button");
    this.remove = button(t("models.delete"), () => this.ask(list, id), "button quiet");
    const head = element("p", "", "head"), actions = element("span", "", "do"), what = element("div", "", "what");
    head.append(this.name, this.marks);
    actions.append(this.activate, this.remove);
    what.append(head, this.what, this.description, this.trouble, this.warnings);
    this.item.append(what, actions);
  }

  async ask(list, id) {
    if (await confirmed(t("models.ask_delete", { name: this.name.textContent }), t("models.delete"))) await list.act("delete_stt_model", id);
  }

  paint(one) {
    this.item.setAttribute("aria-label", one.name);
    this.item.toggleAttribute("aria-current", one.is_active);
    this.name.textContent = one.name;
    const marks = [one.is_active && element("span", `✓ ${t("models.active")}`, "badge good"), one.is_default && element("span", t("models.default"), "badge")];
    this.marks.replaceChildren(...marks.filter(Boolean));
    const computing = one.compute_type === "auto" ? "" : `, ${one.compute_type}`;
    this.what.textContent = `${one.title} · ${one.model_type} · ${deviceName(one.device)}${computing}`;
    this.description.textContent = one.description;
    this.trouble.textContent = one.available ? "" : t("models.not_usable", { why: one.message });
    this.warnings.replaceChildren(...one.warnings.map((warning) => element("li", warning)));
    for (const [control, name] of [[this.activate, "activate"], [this.remove, "delete"]]) control.setAttribute("aria-label", `${t(`models.${name}`)}: ${one.name}`);
    this.activate.hidden = one.is_active;
    this.activate.disabled = !one.available;
    this.remove.hidden = one.is_active || one.is_default;
  }
}
