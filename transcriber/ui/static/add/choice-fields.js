// How a recording is transcribed, as fields: the model, and what else the chosen one can do. The sentence under the drop field
// has some of them, dialogs have all.
import { element, offer } from "../elements.js";
import { secondsOf } from "../format.js";
import { languageName, t } from "../i18n.js";
import { models } from "../models-feed.js";
import { terms } from "./terms.js";

const AUTO = "auto", OFF = "off", NUMBER = "number", MOST = 99;
const SELECTS = ["model", "language", "translate_to", "second_model", "speakers"], INPUTS = ["people", "start", "end", "stream"];
/** In the order in which a dialog shows them. */
export const ALL = ["model", "language", "translate_to", "speakers", "people", "second_model", "stream", "start", "end"];

let made = 0;

export class ChoiceFields {
  /** `wanted`: what was chosen before, by the names of the fields; a model that is "" is the one in use. `onChange(name)` is
   * told of every change by the user. */
  constructor(wanted = {}, onChange = () => {}) {
    this.wanted = { model: "", language: AUTO, translate_to: "", second_model: "", speakers: OFF, people: "", ...wanted };
    if (![OFF, AUTO, NUMBER].includes(this.wanted.speakers)) Object.assign(this.wanted, { speakers: NUMBER, people: this.wanted.speakers });
    this.controls = Object.fromEntries([...SELECTS, ...INPUTS].map((name) => [name, this.control(name, onChange)]));
    this.boxes = {};
    this.listeners = new Set();
    this.ends = [models.listen(() => this.paint()), terms.listen(() => this.paint())];
  }

  /** `listener` is called at once and whenever something else is offered or chosen. */
  listen(listener) {
    this.listeners.add(listener);
    listener();
  }

  /** They are not shown any more. */
  end() { this.ends.forEach((end) => end()); }

  control(name, onChange) {
    const control = element(SELECTS.includes(name) ? "select" : "input");
    control.name = name;
    control.setAttribute("aria-label", t(`add.field.${name}`));
    if (INPUTS.includes(name)) Object.assign(control, { autocomplete: "off", placeholder: t(`add.empty.${name}`), value: this.wanted[name] ?? "" });
    control.addEventListener("change", () => { this.wanted[name] = control.value; this.paint(); this.checkWith(name); onChange(name); });
    // What is said to be wrong goes as it is mended: at "change" it would move the button that is being clicked.
    control.addEventListener("input", () => { if (control.ariaInvalid === "true") { this.wanted[name] = control.value; this.checkWith(name); } });
    return control;
  }

  /** The field of that name with its label, and a place for what is wrong in it. */
  box(name) {
    const field = element("div", "", "field"), label = element("label", t(`add.field.${name}`)), wrong = element("p", "", "error"), control = this.controls[name];
    field.dataset.field = name;
    control.id = `choice-${made += 1}`;
    label.htmlFor = control.id;
    wrong.id = `${control.id}-wrong`;
    wrong.setAttribute("role", "alert");
    control.setAttribute("aria-describedby", wrong.id);
    field.append(label, control, wrong);
    this.boxes[name] = { field, wrong };
    this.paint();
    return field;
  }

  /** Of the chosen model or configuration. */
  get choice() { return models.choices.find(({ name }) => name === this.controls.model.value); }

  /** Offers what the chosen model can; what was chosen for another one comes back with it. */
  paint() {
    const { model, language, translate_to: into, second_model: second, speakers, people } = this.controls, { wanted } = this;
    offer(model, models.choices.map(({ name, label }) => [name, label]), wanted.model || models.active);
    if (!this.choice) return;
    const { capabilities: able } = this.choice;
    offer(language, languages(able), wanted.language);
    offer(into, this.targets(able), wanted.translate_to);
    offer(second, this.seconds(), wanted.second_model);
    offer(speakers, [OFF, AUTO, NUMBER].map((value) => [value, t(`add.speakers.${value}`)]), models.diarizing.is_there ? wanted.speakers : OFF);
    speakers.disabled = !models.diarizing.is_there;
    this.show("translate_to", able.translations.length > 0);
    this.show("speakers", models.diarizing.is_there);
    this.show("people", speakers.value === NUMBER);
    people.hidden = speakers.value !== NUMBER;
    this.listeners.forEach((listener) => listener());
  }

  show(name, isShown) { if (this.boxes[name]) this.boxes[name].field.hidden = !isShown; }

  targets({ translations }) {
    const spoken = this.controls.language.value;
    const into = translations.filter(([from]) => spoken === AUTO || from === spoken).map(([, written]) => written);
    return [["", t("add.same_language")], ...named([...new Set(into)])];
  }

  /** Other models that can do the same. */
  seconds() {
    const others = models.choices.filter(({ model, capabilities }) => model !== this.choice.model && this.isAble(capabilities));
    return [["", t("add.no_second")], ...new Map(others.map(({ model, label }) => [model, label]))];
  }

  isAble(able) {
    const { language: { value: spoken }, translate_to: { value: into } } = this.controls;
    const heard = spoken !== AUTO ? [spoken] : able.detects_language || able.languages.length === 1 ? able.languages : [];
    return able.languages.some((code) => heard.includes(code)) && (able.takes_vocabulary || !this.vocabulary.length)
      && (!into || able.translations.some(([from, written]) => heard.includes(from) && written === into));
  }

  /** The terms that go along: none where the model takes none. */
  get vocabulary() { return this.choice?.capabilities.takes_vocabulary ? terms.list : []; }

  /** Among how many people is told apart, as the routes take it; null where a number is asked for, and none is written. */
  get speakers() {
    const { speakers, people } = this.controls;
    if (speakers.value !== NUMBER) return speakers.value || OFF;
    const numbers = people.value.trim().split(/\s*[-–]\s*/), [least, most = least] = numbers.map(Number);
    const isCount = numbers.length <= 2 && numbers.every((number) => /^\d{1,2}$/.test(number)) && least >= 1 && least <= most && most <= MOST;
    return isCount ? [...new Set([least, most])].join("-") : null;
  }

  /** What is filled in, as the routes take it; a time or a number that is none is null. */
  get filled() {
    const { model, language, translate_to: into, start, end, stream, second_model: second } = this.controls;
    return {
      model: model.value, language: language.value, translate_to: into.value, second_model: second.value, vocabulary: this.vocabulary, speakers: this.speakers,
      start: start.value.trim() ? secondsOf(start.value) : 0, end: end.value.trim() ? secondsOf(end.value) : null,
      stream: /^\s*[1-9]\d?\s*$/.test(stream.value) ? Number(stream.value) : null,
    };
  }

  /** The field and those that depend on it. */
  checkWith(name) { this.check(["start", "end"].includes(name) ? ["start", "end"] : [name]); }

  /** Says beside each of these fields what is wrong in it; the names of those that are. */
  check(names = ["language", "people", "start", "end", "stream"]) {
    const { language, start, end, stream, speakers } = this.filled, { controls } = this;
    const wrong = {
      language: this.choice && !language && t("add.wrong.language"),
      start: start === null && t("add.wrong.time"),
      end: controls.end.value.trim() && (end === null ? t("add.wrong.time") : start !== null && end <= start && t("add.wrong.end")),
      stream: controls.stream.value.trim() && stream === null && t("add.wrong.stream"),
      people: speakers === null && t("add.wrong.people"),
    };
    for (const name of names) {
      controls[name].setAttribute("aria-invalid", String(Boolean(wrong[name])));
      if (this.boxes[name]) this.boxes[name].wrong.textContent = wrong[name] || "";
    }
    return names.filter((name) => wrong[name]);
  }

  /** What to ask the program for; null if something is wrong. */
  async asked() {
    await models.known;
    await terms.kept();
    return this.check().length ? null : this.filled;
  }

  /** To the first field that is wrong. */
  focusWrong() { ALL.map((name) => this.controls[name]).find((control) => control.ariaInvalid === "true")?.focus(); }

  /** The part and the sound track are those of one recording alone. */
  forgetPart() {
    for (const name of ["start", "end", "stream"]) this.wanted[name] = this.controls[name].value = "";
    this.check(["start", "end", "stream"]);
    this.paint();
  }
}

function languages(able) {
  const known = named(able.languages);
  if (known.length === 1) return known;
  return [able.detects_language ? [AUTO, t("add.find_out")] : ["", t("add.choose_language")], ...known];
}

/** [code, name] of languages, by their names. */
function named(codes) {
  return codes.map((code) => [code, nameOf(code)]).sort(([, one], [, other]) => one.localeCompare(other));
}

/** In the page's language, where the browser knows the code. */
export function nameOf(code) {
  const name = languageName(code);
  return name === code ? models.languages[code] || code : name;
}
