// The people who speak in a transcript: their names, who of them is the same person, how many there are.
import { arrange, button, element, offer } from "./elements.js";
import { clock } from "./format.js";
import { post } from "./requests.js";

const DOUBTFUL = 0.3;  // of 1: below, a voice may as well be a part of another's, or two

let panels = 0;

export class SpeakersPanel {
  /** `onChange` is called after every change, once the program has it. */
  constructor(section, onChange) {
    Object.assign(this, { section, onChange, rows: [], id: `speakers-${panels += 1}` });
    section.innerHTML = `<details><summary>Speakers</summary>
      <ul role="list" aria-label="Speakers"></ul>
      <form class="merge"><label>Is <select></select></label> <label>the same person as <select></select>?</label> <button>Merge</button></form>
      <form class="count"><label>How many people speak <input size="10" autocomplete="off" placeholder="auto, 3, 2-4"></label>
        <button>Tell apart again</button> <button type="button" class="undo">Undo the last change</button></form>
      <p class="trouble" role="alert"></p></details>`;
    this.list = section.querySelector("ul");
    this.selects = [...section.querySelectorAll("select")];
    const merge = section.querySelector(".merge"), count = section.querySelector(".count"), undo = section.querySelector(".undo");
    const onSubmit = (form, asked) => form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(asked()); });
    onSubmit(merge, () => ({ merge: this.selects.map((select) => select.value).reverse() }));
    onSubmit(count, () => ({ count: count.querySelector("input").value.trim() || "auto" }));
    undo.addEventListener("click", () => this.ask({ undo: true }));
  }

  /** Shows who speaks in a transcript of a job, as the route GET /jobs/ID tells it; nothing where nobody was told apart. */
  show(detail) {
    const voices = detail?.diarization?.voices || [];
    this.section.hidden = !voices.length;
    if (!voices.length) return;
    const shown = `${detail.id} ${detail.number}`;
    if (shown !== this.shown) { this.rows = []; this.say(""); }
    Object.assign(this, { shown, job: detail.id, number: detail.number });
    this.section.querySelector("summary").textContent = `Speakers: ${voices.map((voice) => voice.speaker).join(", ")}`;
    this.rows = voices.map((voice, place) => this.rows[place] || new Row(this, `${this.id}-${place}`));
    this.rows.forEach((row, place) => row.paint(voices[place]));
    arrange(this.list, this.rows.map((row) => row.item));
    const people = voices.map(({ speaker }) => [speaker, speaker]);
    offer(this.selects[0], people, people.at(-1)[0]);
    offer(this.selects[1], people, people[0][0]);
    this.section.querySelector(".merge").hidden = people.length < 2;
    this.section.querySelector(".undo").disabled = !detail.can_undo_speakers;
  }

  /** One change after the other. */
  ask(change) {
    this.asking = (this.asking || Promise.resolve()).then(() => this.change(change));
    return this.asking;
  }

  async change(change) {
    const { job, number } = this;
    this.section.setAttribute("aria-busy", "true");
    try {
      await post(`/jobs/${job}/speakers`, { ...change, number });
      this.say("");
    } catch (error) {
      this.say(error.message);
    }
    document.dispatchEvent(new Event("named"));
    await this.onChange();
    this.section.setAttribute("aria-busy", "false");
  }

  say(text) { this.section.querySelector(".trouble").textContent = text; }
}

/** One voice. It stays the same element while its voice changes, so that the focus stays where it is. */
class Row {
  constructor(panel, id) {
    this.item = element("li");
    this.input = element("input");
    Object.assign(this.input, { id, autocomplete: "off", spellcheck: false, maxLength: 100, dir: "auto" });
    this.label = element("label", "", "visually-hidden");
    this.label.htmlFor = id;
    this.facts = element("span", "", "facts");
    this.suggestion = button("", () => panel.ask({ names: { [this.voice.speaker]: this.voice.suggestion } }), "suggestion");
    this.two = button("Two people?", () => panel.ask({ split: this.voice.speaker }));
    const form = element("form");
    form.append(this.label, this.input, this.facts, this.suggestion, this.two);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.rename(panel); });
    this.input.addEventListener("change", () => this.rename(panel));
    this.input.addEventListener("blur", () => { if (!this.asked) this.input.value = this.voice.speaker; });
    this.item.append(form);
  }

  rename(panel) {
    const name = this.input.value.trim();
    if (name === this.voice.speaker || name === this.asked) return;
    this.asked = name;
    panel.ask({ names: { [this.voice.speaker]: name } }).then(() => {
      this.asked = null;
      if (document.activeElement !== this.input) this.input.value = this.voice.speaker;  // also of one that was refused
    });
  }

  paint(voice) {
    const isWritten = document.activeElement === this.input && this.input.value !== this.voice?.speaker;
    this.voice = voice;
    if (!isWritten) this.input.value = voice.speaker;
    this.label.textContent = `Name of ${voice.speaker}`;
    const isDoubtful = voice.quality !== null && voice.quality < DOUBTFUL;
    this.facts.textContent = `speaks ${clock(voice.seconds)}${isDoubtful ? ", not surely told from the others" : ""}`;
    this.suggestion.hidden = !voice.suggestion;
    this.suggestion.textContent = `Yes, this is ${voice.suggestion}`;
    this.two.setAttribute("aria-label", `${voice.speaker}: two people?`);
  }
}
