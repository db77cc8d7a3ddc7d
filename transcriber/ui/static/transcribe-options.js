// What else can be asked of a transcription, as far as the chosen model can do it: a closed part of the page whose first
// line says what differs from the usual.
import { offer } from "./elements.js";
import { secondsOf, timecode } from "./format.js";
import { models } from "./models-feed.js";
import { SpeakerCountField } from "./speaker-count.js";
import { VocabularyField } from "./vocabulary.js";

const AUTO = "auto", EXAMPLES = "Write a time such as 1:02:03, 62:03 or 90 (seconds).";

export class TranscribeOptions extends HTMLElement {
  connectedCallback() {
    const field = (name, label, control) => `<div class="field"><label for="option-${name}">${label}</label>${control}<p class="error" id="wrong-${name}" role="alert"></p></div>`;
    const select = (name) => `<select id="option-${name}" name="${name}" aria-describedby="wrong-${name}"></select>`;
    const input = (name, hint) => `<input id="option-${name}" name="${name}" autocomplete="off" placeholder="${hint}" aria-describedby="wrong-${name}">`;
    this.innerHTML = `<details><summary>Options<span class="differs"></span></summary><form>
      ${field("language", "Spoken language", select("language"))}
      ${field("translate_to", "Write in", select("translate_to"))}
      ${field("start", "From", input("start", "the beginning"))}
      ${field("end", "To", input("end", "the end"))}
      ${field("stream", "Sound track", input("stream", "the usual one"))}
      ${field("second_model", "If speech stays without words", select("second_model"))}
      ${field("speakers", "Speakers", select("speakers"))}
      ${field("people", "How many speak", input("people", "2, or 2-4"))}
      <p class="hint wide" id="about-speakers"></p>
      <div class="field wide"><label for="option-vocabulary">Names and terms</label>
        <textarea id="option-vocabulary" name="vocabulary" dir="auto" rows="4" aria-describedby="about-vocabulary wrong-vocabulary" spellcheck="false"></textarea>
        <p class="hint" id="about-vocabulary"></p><p class="error" id="wrong-vocabulary" role="alert"></p></div>
      </form></details>`;
    this.details = this.querySelector("details");
    this.fields = this.querySelector("form").elements;
    this.terms = new VocabularyField(this.fields.vocabulary, (wrong) => { this.say("vocabulary", wrong); this.paint(); });
    this.speakers = new SpeakerCountField(this.fields);
    this.fields.speakers.setAttribute("aria-describedby", "about-speakers");
    /** What the user chose of each select, kept while a model is chosen that cannot do it. */
    this.wanted = { language: "", translate_to: "", second_model: "" };
    this.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    this.addEventListener("change", (event) => this.changed(event.target));
    // What is said to be wrong goes as it is mended: at "change" it would move the button that is being clicked.
    this.addEventListener("input", ({ target }) => { if (target.ariaInvalid === "true") this.checkWith(target.name); });
    document.addEventListener("model", () => this.paint());
    models.listen(() => this.paint());
  }

  /** Of the chosen model or configuration. */
  get choice() { return models.choices.find(({ name }) => name === window.transcribe.model); }

  changed(field) {
    if (field.tagName === "SELECT") this.wanted[field.name] = field.value;
    this.paint();
    this.checkWith(field.name);
  }

  /** The field and those that depend on it; the vocabulary says itself what is wrong. */
  checkWith(name) {
    if (name !== "vocabulary") this.check(["start", "end"].includes(name) ? ["start", "end"] : [name]);
  }

  /** Offers what the chosen model can. */
  paint() {
    if (!this.choice) return;
    const { capabilities: able } = this.choice, { language, translate_to: into } = this.fields;
    this.querySelector("#about-speakers").textContent = this.speakers.paint();
    const isNew = this.painted !== this.choice.name;
    this.painted = this.choice.name;
    offer(language, this.languages(able), this.wanted.language);
    offer(into, this.targets(able), this.wanted.translate_to);
    into.closest(".field").hidden = !able.translations.length;
    offer(this.fields.second_model, this.seconds(), this.wanted.second_model);
    this.querySelector("#about-vocabulary").textContent = able.takes_vocabulary
      ? "One a line, the most important first. Kept for all your recordings."
      : "The chosen model takes none: they are kept, not used.";
    if (isNew) this.say("language", "");
    if (isNew && !language.value) this.details.open = true;
    this.querySelector(".differs").textContent = this.differences();
  }

  languages(able) {
    const known = named(able.languages);
    if (known.length === 1) return known;
    return [able.detects_language ? [AUTO, "find out"] : ["", "choose…"], ...known];
  }

  targets({ translations }) {
    const { value: spoken } = this.fields.language;
    const into = translations.filter(([from]) => spoken === AUTO || from === spoken).map(([, written]) => written);
    return [["", "the same language"], ...named([...new Set(into)])];
  }

  /** Other models that can do the same. */
  seconds() {
    const others = models.choices.filter(({ model, capabilities }) => model !== this.choice.model && this.isAble(capabilities));
    return [["", "leave it so"], ...new Map(others.map(({ model, label }) => [model, label]))];
  }

  isAble(able) {
    const { language: { value: spoken }, translate_to: { value: into } } = this.fields;
    const heard = spoken !== AUTO ? [spoken] : able.detects_language || able.languages.length === 1 ? able.languages : [];
    return able.languages.some((code) => heard.includes(code)) && (able.takes_vocabulary || !this.used.length)
      && (!into || able.translations.some(([from, written]) => heard.includes(from) && written === into));
  }

  /** The terms that go along: none where the model takes none. */
  get used() { return this.choice?.capabilities.takes_vocabulary ? this.terms.terms : []; }

  /** What is filled in, as the routes take it; a time or a number that is none is null. */
  get filled() {
    const { language, translate_to: into, start, end, stream, second_model: second } = this.fields;
    return {
      language: language.value, translate_to: into.value, second_model: second.value, vocabulary: this.used, speakers: this.speakers.asked,
      start: start.value.trim() ? secondsOf(start.value) : 0, end: end.value.trim() ? secondsOf(end.value) : null,
      stream: /^\s*[1-9]\d?\s*$/.test(stream.value) ? Number(stream.value) : null,
    };
  }

  /** Says beside each of these fields what is wrong in it; the names of those that are. */
  check(names = ["language", "start", "end", "stream", "people"]) {
    const { language, start, end, stream, speakers } = this.filled, { fields } = this;
    const wrong = {
      language: !language && "Say which language is spoken: this model cannot find out.",
      start: start === null && EXAMPLES,
      end: fields.end.value.trim() && (end === null ? EXAMPLES : start !== null && end <= start && "This is not after From."),
      stream: fields.stream.value.trim() && stream === null && "Write a number such as 2, or nothing for the usual one.",
      people: speakers === null && "Write a number such as 3, or two such as 2-4.",
    };
    for (const name of names) this.say(name, wrong[name] || "");
    return names.filter((name) => wrong[name]);
  }

  say(name, wrong) {
    this.querySelector(`#wrong-${name}`).textContent = wrong;
    this.fields[name].setAttribute("aria-invalid", Boolean(wrong));
  }

  /** What to ask the program for; null if something is wrong, and then the first such field has the focus. */
  async asked() {
    await models.known;
    const isKept = await this.terms.kept();
    if (!this.choice) return {};
    const wrong = this.check();
    if (!isKept && this.choice.capabilities.takes_vocabulary) wrong.push("vocabulary");
    if (!wrong.length) return this.filled;
    this.details.open = true;
    this.fields[wrong[0]].focus();
    return null;
  }

  /** "German → English, from 00:10:00, 12 terms" */
  differences() {
    const { capabilities: able } = this.choice, { language, translate_to: into, start, end, stream, second_model: second, vocabulary } = this.filled;
    const isUsual = able.languages.length === 1 || language === AUTO;
    const spoken = language ? [!isUsual && models.languages[language], into && `→ ${models.languages[into]}`] : ["choose the spoken language"];
    const part = [start && `from ${timecode(start)}`, end && `to ${timecode(end)}`];
    const count = vocabulary.length;
    return [
      spoken.filter(Boolean).join(" "), part.filter(Boolean).join(" "), stream && `sound track ${stream}`,
      second && "a second model", this.speakers.difference, count && `${count} term${count === 1 ? "" : "s"}`,
    ].filter(Boolean).join(", ");
  }
}

/** [code, name] of languages, by their names. */
function named(codes) {
  return codes.map((code) => [code, models.languages[code]]).sort(([, one], [, other]) => one.localeCompare(other));
}
