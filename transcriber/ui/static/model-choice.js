// Which configuration, or which model without one, transcribes what is started next. The active one, unless another is chosen.
import { feed } from "./jobs-feed.js";
import { models } from "./models-feed.js";

export class ModelChoice extends HTMLElement {
  connectedCallback() {
    this.innerHTML = "<label><span>Model</span><select></select></label><p class='hint' role='status'></p>";
    this.select = this.querySelector("select");
    this.select.addEventListener("change", () => this.tell());
    models.listen(() => this.paint());
    feed.listen(() => this.say(feed.loading && `${feed.loading} is being loaded. What is started now begins as soon as it is there.`));
  }

  say(text) {
    const hint = this.querySelector(".hint");
    if (hint.textContent !== text) hint.textContent = text;
    hint.hidden = !text;
  }

  paint() {
    const wanted = models.active === this.active ? this.select.value : models.active;
    const shown = JSON.stringify(models.choices);
    // An open list is left alone unless there is something else in it now.
    if (shown !== this.shown) this.select.replaceChildren(...models.choices.map(({ name, label }) => new Option(label, name)));
    Object.assign(this, { active: models.active, shown });
    this.select.value = models.choices.some(({ name }) => name === wanted) ? wanted : models.choices[0]?.name;
    this.tell();
  }

  tell() {
    window.transcribe.model = this.select.value;
    document.dispatchEvent(new Event("model"));
  }
}
