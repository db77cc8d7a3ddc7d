// What is worth a look: words that the model was not sure of, and speech without words; one after the other, with what is
// heard there.
import { announce, toast } from "../messages.js";
import { element } from "../elements.js";
import { clock } from "../format.js";
import { number, t } from "../i18n.js";
import { iconButton } from "../icons.js";
import { shortcut } from "../keyboard.js";
import { doc } from "../document/open-document.js";
import { panelSection } from "./section.js";

const seconds = (checks) => Math.max(1, Math.round(checks.reduce((sum, { start, end }) => sum + end - start, 0)));

export class Checks {
  constructor() {
    const { section, badge } = panelSection(t("panel.toCheck"), "checks"), line = element("div", "", "check"), stepper = element("div", "", "stepper");
    Object.assign(this, { section, badge, at: null });
    badge.className = "badge";
    this.summary = element("p");
    this.place = element("span");
    this.up = iconButton("up", t("panel.previousCheck"), () => this.step(-1));
    this.down = iconButton("down", t("panel.nextCheck"), () => this.step(1));
    this.right = iconButton("check", t("panel.confirm"), () => this.confirm());
    stepper.append(this.up, this.place, this.down, this.right);
    line.append(this.summary, stepper);
    this.stepper = stepper;
    section.append(line);
    doc.addEventListener("opened", () => { this.at = null; });
    const ifAny = (by) => () => { if (!this.all.length) return false; this.step(by); return true; };
    shortcut(["N"], "correcting", "next", ifAny(1));
    shortcut(["Y"], "correcting", "confirm", () => { if (!this.isAtWord) return false; this.confirm(); return true; });
    shortcut(["Shift+N"], "correcting", "previous", ifAny(-1), { shown: "⇧ N" });
  }

  get all() { return doc.detail?.checks || []; }

  /** Where the one is at which somebody is, or was: those before it may have been settled. */
  get now() { return this.at === null ? -1 : this.all.findIndex(({ start, kind }) => start === this.at.start && kind === this.at.kind); }

  get isAtWord() { return this.all[this.now]?.kind === "word"; }

  paint() {
    const { all, now } = this, words = all.filter(({ kind }) => kind === "word"), gaps = all.filter(({ kind }) => kind === "uncovered");
    this.section.hidden = !doc.segments.length || (!all.length && !["done", "cancelled", "failed"].includes(doc.job?.state));
    this.badge.hidden = !all.length;
    this.badge.textContent = number(all.length);
    const said = [words.length && t("panel.doubtful", { n: words.length }), gaps.length && t("panel.uncovered", { n: seconds(gaps) })].filter(Boolean);
    this.summary.textContent = said.length ? said.join(t("panel.and")) : t("panel.nothingToCheck");
    this.stepper.hidden = !all.length;
    this.right.disabled = !this.isAtWord;
    this.place.textContent = `${now < 0 ? "–" : number(now + 1)} / ${number(all.length)}`;
  }

  step(by) {
    const { all, now, at } = this;
    if (!all.length) return;
    const behind = at ? all.findIndex(({ start }) => start > at.start) : 0, first = now >= 0 ? now + by : by > 0 ? behind : (behind < 0 ? all.length : behind) - 1;
    const place = ((first < 0 && by > 0 ? 0 : first) + all.length) % all.length, check = this.at = all[place];
    this.paint();
    announce(t("panel.spokenCheck", { now: place + 1, n: all.length, text: check.text || clock(check.start) }));
    doc.goTo({ ...check, isPlayed: true });
  }

  /** The word at which somebody is is right: on to the next. */
  async confirm() {
    const { all, now } = this, word = all[now];
    try {
      await doc.edit(() => ({ kind: "confirm", first: word.word, count: 1 }));
      announce(t("panel.confirmed"));
      if (this.all.length) this.step(1);
    } catch (error) {
      toast(error.message);
    }
  }
}
