// The people who speak: their names, how long they speak, who of them is the same person, how many there are.
import { arrange, button, element, offer } from "../elements.js";
import { announce } from "../messages.js";
import { t } from "../i18n.js";
import { pictured } from "../icons.js";
import { shortcut } from "../keyboard.js";
import { transcribeAgain } from "../library/actions.js";
import { models } from "../models-feed.js";
import { doc, toastOnDocument } from "../document/open-document.js";
import { turnsOf } from "../player/passages.js";
import { player } from "../player/player.js";
import { speakersOf } from "./colours.js";
import { panelSection } from "./section.js";
import { SpeakerRow } from "./speaker-row.js";
import { openDialog } from "../dialogs.js";

export class SpeakersPanel {
  constructor() {
    const { section, badge } = panelSection(t("speakers.title"), "speakers");
    Object.assign(this, { section, rows: [], asking: 0 });
    this.merge = button(t("speakers.merge"), () => this.askMerge(), "button quiet");
    badge.append(this.merge);
    this.list = element("ul");
    this.list.setAttribute("role", "list");
    this.list.ariaLabel = t("speakers.title");
    this.nobody = element("p", t("speakers.nobody"), "hint");
    this.byHand = pictured("people", t("speakers.byHand"), () => this.nameAll(), "button");
    this.again = button(t("speakers.again"), () => this.askCount(), "link");
    this.trouble = element("p", "", "error");
    this.trouble.setAttribute("role", "alert");
    this.apart = button(t("speakers.apart"), () => transcribeAgain(doc.job, { speakers: "auto" }), "link");
    section.append(this.list, this.nobody, this.byHand, this.apart, this.again, this.trouble);
    shortcut(["F2"], "speakers", "rename", () => this.renameSpoken());
  }

  paint() {
    const voices = doc.detail?.diarization?.voices || [], shown = `${doc.id} ${doc.number}`;
    if (shown !== this.shown) { this.rows = []; this.say(""); }
    this.shown = shown;
    this.section.hidden = !doc.segments.length;
    this.rows = voices.map((voice, place) => this.rows[place] || new SpeakerRow(this));
    const turns = turnsOf(doc.segments);
    this.rows.forEach((row, place) => row.paint(voices[place], place, turns, player.duration || doc.job?.duration));
    arrange(this.list, this.rows.map(({ item }) => item));
    this.merge.hidden = voices.length < 2;
    this.again.hidden = !doc.detail?.diarization?.model;
    for (const one of [this.nobody, this.byHand]) one.hidden = Boolean(voices.length);
    this.apart.hidden = Boolean(voices.length) || !models.diarizing.is_there;
  }

  get names() { return this.rows.map(({ voice }) => voice.speaker); }

  /** One change; resolves to whether it was made. `said`: the sentence that tells of it, with a way back. */
  async ask(change, said = "") {
    this.asking += 1;
    this.section.ariaBusy = "true";
    try {
      await (change.kind ? doc.edit(() => change) : doc.changeSpeakers(change));
      this.say("");
      if (said) toastOnDocument(said);
      return true;
    } catch (error) {
      this.say(error.message);
      return false;
    } finally {
      this.asking -= 1;
      if (!this.asking) this.section.ariaBusy = "false";
    }
  }

  async rename(row, name) {
    if (await this.ask({ names: { [row.voice.speaker]: name } })) announce(t("speakers.renamed", { name }));
  }

  /** `speaker` is the same person as `other`, and called so. */
  join(speaker, other) { return this.ask({ merge: [other, speaker] }, t("speakers.merged", { name: other, other: speaker })); }

  split(speaker) { return this.ask({ split: speaker }, t("speakers.parted", { name: speaker })); }

  async askMerge() {
    const people = await askMerge(this.names);
    if (people) await this.join(...people);
  }

  async askCount() {
    const count = await askCount();
    if (count) await this.ask({ count }, t("speakers.found"));
  }

  /** All that is said is said by one, where nobody was told apart: others are named paragraph by paragraph. */
  async nameAll() {
    const name = await askName(), count = doc.segments.reduce((sum, { words }) => sum + words.length, 0);
    if (name) await this.ask({ kind: "speaker", first: 0, count, speaker: name });
    this.list.querySelector("input")?.focus();
  }

  /** The name of who speaks now, or else of the first. */
  renameSpoken() {
    if (!this.rows.length || this.section.hidden) return false;
    const now = turnsOf(doc.segments).find(({ end }) => end > player.time)?.speaker, place = Math.max(0, speakersOf(doc).indexOf(now));
    document.querySelector(".app").dataset.side = "open";
    this.rows[place].edit();
    return true;
  }

  say(text) { this.trouble.textContent = text; }
}

/** A form in a dialog; `fill(form)` returns what reads its answer: null where there is none yet. */
function askForm(title, action, fill) {
  return openDialog(title, (body, close) => {
    const form = element("form", "", "speakers-form"), footer = element("footer"), main = button(action, () => {}, "button primary");
    const read = fill(form);
    main.type = "submit";
    footer.append(button(t("page.cancel"), () => close(), "button"), main);
    form.append(footer);
    form.addEventListener("submit", (event) => { event.preventDefault(); const answer = read(); if (answer) close(answer); });
    body.append(form);
    requestAnimationFrame(() => form.querySelector("input, select").focus());
  }, "small");
}

function field(form, text, control, hint = "") {
  const label = element("label", text, "field");
  label.append(control);
  form.append(label);
  if (hint) form.append(element("p", hint, "hint"));
  return control;
}

/** Which two are the same person: [one, who it is]; undefined where nobody says. */
const askMerge = (names) => askForm(t("speakers.mergeTitle"), t("speakers.mergeThem"), (form) => {
  const [one, other] = [t("speakers.this"), t("speakers.isThat")].map((text) => field(form, text, element("select"))), people = names.map((name) => [name, name]);
  offer(one, people, names.at(-1));
  offer(other, people, names[0]);
  return () => (one.value === other.value ? null : [one.value, other.value]);
});

/** How many people speak, as "3", "2-4" or "auto". */
const askCount = () => askForm(t("speakers.countTitle"), t("speakers.tellApart"), (form) => {
  const input = field(form, t("speakers.count"), Object.assign(element("input"), { autocomplete: "off", placeholder: "3" }), t("speakers.countHint"));
  return () => input.value.trim() || "auto";
});

/** A name. */
const askName = () => askForm(t("speakers.byHand"), t("page.done"), (form) => {
  const input = field(form, t("speakers.name"), Object.assign(element("input"), { autocomplete: "off", maxLength: 100, dir: "auto" }), t("speakers.byHandHint"));
  return () => input.value.trim() || null;
});
