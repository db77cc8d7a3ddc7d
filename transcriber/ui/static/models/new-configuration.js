// Adding a configuration: what is filled in is validated as it changes, and what comes out is said below.
import { element, offer } from "../elements.js";
import { deviceName } from "./configurations.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { models } from "../models-feed.js";
import { post } from "../requests.js";

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
