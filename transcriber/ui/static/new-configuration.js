// Adding a configuration: what is filled in is validated as it changes, and what comes out is said below.
import { element, offer } from "./elements.js";
import { DEVICES } from "./configurations.js";
import { feed } from "./jobs-feed.js";
import { models } from "./models-feed.js";
import { post } from "./requests.js";

const PAUSE = 300;

export class NewConfiguration extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<details><summary>Add a configuration</summary><form>
      <label>Name <input name="name" dir="auto" maxlength="100" autocomplete="off" placeholder="such as: Parakeet on the processor"></label>
      <label>Model <select name="model_name"></select></label>
      <label>Type <select name="model_type"></select></label>
      <label>Device <select name="device"></select></label>
      <label>Computes in <select name="compute_type"></select></label>
      <label>Description <input name="description" dir="auto" maxlength="500" autocomplete="off"></label>
      <div role="status"><p class="verdict"></p><ul class="warnings"></ul></div>
      <button disabled>Add</button></form></details>`;
    this.form = this.querySelector("form");
    this.form.addEventListener("input", (event) => this.changed(event.target));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.add(); });
    this.querySelector("details").addEventListener("toggle", () => this.validate());
    models.listen(() => this.paint());
  }

  /** Fills the choices in; what was chosen stays chosen. */
  paint() {
    const transcribing = models.models.filter((model) => model.can_transcribe);
    this.offer("model_name", transcribing.map((model) => [model.name, model.title]));
    this.offer("model_type", models.types.map((type) => [type.name, type.title]));
    this.offer("device", models.devices.map((device) => [device, DEVICES[device]]));
    const computing = models.types.flatMap((type) => Object.values(type.compute_types).flat());
    this.offer("compute_type", [["auto", "automatic"], ...[...new Set(computing)].map((name) => [name, name])]);
    if (!this.isFilled) this.chooseType();
    this.isFilled = true;
  }

  offer(name, choices) { offer(this.form.elements[name], choices); }

  changed(field) {
    if (field.name === "model_name") this.chooseType();
    this.form.querySelector("button").disabled = true;
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
    this.say(answer.valid && !hasName ? `${answer.message} Give it a name.` : answer.message, answer.warnings);
    this.querySelector(".verdict").classList.toggle("error", !answer.valid);
    this.form.querySelector("button").disabled = !answer.valid || !hasName;
  }

  say(verdict, warnings = []) {
    this.querySelector(".verdict").textContent = verdict;
    this.querySelector(".warnings").replaceChildren(...warnings.map((warning) => element("li", warning)));
  }

  async add() {
    try {
      const { status, warnings } = await post("/api/create_stt_model/", this.filled);
      this.asked = null;
      this.form.elements.name.value = this.form.elements.description.value = "";
      this.form.querySelector("button").disabled = true;
      this.say(`${status}.`, warnings);
      await feed.refresh();
    } catch (error) {
      this.say(error.message);
      this.querySelector(".verdict").classList.add("error");
    }
  }
}
