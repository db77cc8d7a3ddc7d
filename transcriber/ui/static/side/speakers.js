// The people who speak: their names, how long they speak, who of them is the same person, how many there are.
import { arrange, button, element } from "../elements.js";
import { announce } from "../announce.js";
import { t } from "../i18n.js";
import { pictured } from "../icons.js";
import { shortcut } from "../keyboard.js";
import { transcribeAgain } from "../library/actions.js";
import { models } from "../models-feed.js";
import { doc } from "../document/open-document.js";
import { toastOnDocument } from "../document/way-back.js";
import { turnsOf } from "../player/passages.js";
import { player } from "../player/player.js";
import { speakersOf } from "./colours.js";
import { panelSection } from "./section.js";
import { askCount, askMerge, askName } from "./speaker-dialogs.js";
import { SpeakerRow } from "./speaker-row.js";

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

