// The list of configurations: which is active, what each needs, and activating and deleting them.
import { confirmed } from "../dialogs.js";
import { arrange, button, element, offer } from "../elements.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { models } from "../models-feed.js";
import { post } from "../requests.js";

/** What a device is called. */
const deviceName = (device) => t(`models.device.${device}`);

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

// Adding a configuration: what is filled in is validated as it changes, and what comes out is said below.
const PAUSE = 300;

export class NewConfiguration extends HTMLElement {
  connectedCallback() {
    const details = element("details"), said = element("div", "", "wide");
    this.form = element("form", "", "choice-form");
    this.verdict = element("p", "", "verdict");
    this.warnings = element("ul", "", "notes");
    this.adding = element("button", t("models.add"), "button primary");
    this.adding.disabled = true;
    said.setAttribute("role", "status");
    said.append(this.verdict, this.warnings);
    this.form.append(
      this.field("name", "input", { maxLength: 100, placeholder: t("models.name_example"), dir: "auto" }), this.field("model_name", "select"), this.field("model_type", "select"),
      this.field("device", "select"), this.field("compute_type", "select"), this.field("description", "input", { maxLength: 500, dir: "auto" }), said, this.adding,
    );
    details.append(element("summary", t("models.new")), this.form);
    this.append(details);
    this.form.addEventListener("input", (event) => this.changed(event.target));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.add(); });
    details.addEventListener("toggle", () => this.validate());
    models.listen(() => this.paint());
  }

  field(name, tag, properties = {}) {
    const label = element("label", t(`models.field.${name}`), "field"), control = Object.assign(element(tag), { name, autocomplete: "off", ...properties });
    label.append(control);
    return label;
  }

  /** Fills the choices in; what was chosen stays chosen. */
  paint() {
    const transcribing = models.models.filter((model) => model.can_transcribe);
    this.offer("model_name", transcribing.map((model) => [model.name, model.title]));
    this.offer("model_type", models.types.map((type) => [type.name, type.title]));
    this.offer("device", models.devices.map((device) => [device, deviceName(device)]));
    const computing = models.types.flatMap((type) => Object.values(type.compute_types).flat());
    this.offer("compute_type", [["auto", t("models.automatic")], ...[...new Set(computing)].map((name) => [name, name])]);
    if (!this.isFilled) this.chooseType();
    this.isFilled = true;
  }

  offer(name, choices) { offer(this.form.elements[name], choices); }

  changed(field) {
    if (field.name === "model_name") this.chooseType();
    this.adding.disabled = true;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.validate(), PAUSE);
  }

  /** The type that the model is for. */
  chooseType() {
    const { model_name: model, model_type: type } = this.form.elements;
    const expected = models.models.find(({ name }) => name === model.value)?.type;
    if (models.types.some(({ name }) => name === expected)) type.value = expected;
  }

  get filled() { return Object.fromEntries(new FormData(this.form)); }

  async validate() {
    const question = this.asked = this.filled;
    if (!question.model_name) return;
    const answer = await post("/api/validate_stt_model/", question).catch((error) => ({ valid: false, message: error.message, warnings: [] }));
    if (question !== this.asked) return;
    const hasName = Boolean(question.name.trim());
    this.say(answer.valid && !hasName ? `${answer.message} ${t("models.give_name")}` : answer.message, answer.warnings);
    this.verdict.classList.toggle("error", !answer.valid);
    this.adding.disabled = !answer.valid || !hasName;
  }

  say(verdict, warnings = []) {
    this.verdict.textContent = verdict;
    this.warnings.replaceChildren(...warnings.map((warning) => element("li", warning)));
  }

  async add() {
    try {
      const { status, warnings } = await post("/api/create_stt_model/", this.filled);
      this.asked = null;
      this.form.elements.name.value = this.form.elements.description.value = "";
      this.adding.disabled = true;
      this.say(`${status}.`, warnings);
      await feed.refresh();
    } catch (error) {
      this.say(error.message);
      this.verdict.classList.add("error");
    }
  }
}
