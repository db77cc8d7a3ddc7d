// What a transcription will take, before it is started: how long the recordings are, how long it lasts, how much memory.
import { element } from "../elements.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { time } from "../models/facts.js";
import { post } from "../requests.js";

const PAUSE = 300;

export class Preflight {
  /** `what`: { recordings } or { path }, transcribed as `fields` say. */
  constructor(what, fields) {
    Object.assign(this, { what, fields });
    this.element = element("div", "", "preflight");
    this.element.setAttribute("role", "status");
    this.figures = element("p");
    this.problems = element("p", "", "error");
    this.element.append(this.figures, this.problems);
    fields.listen(() => this.askSoon());
    this.ends = feed.listen(() => this.follow());
  }

  end() {
    clearTimeout(this.pause);
    this.isOver = true;
    this.ends?.();
  }

  /** A recording that has arrived has a length. */
  follow() {
    const ids = new Set(this.what.recordings), seen = JSON.stringify(feed.jobs.filter(({ id }) => ids.has(id)).map(({ id, duration }) => [id, duration]));
    if (seen !== this.seen) this.askSoon();
    this.seen = seen;
  }

  askSoon() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const { filled } = this.fields;
    if (this.isOver || !filled.model) return;
    const asked = this.asked = { ...filled, start: filled.start ?? 0, speakers: filled.speakers ?? "auto", ...this.what };
    const answer = await post("/preflight", asked).catch((error) => ({ recordings: [{ why: error.message }] }));
    if (asked === this.asked && !this.isOver) this.show(answer);
  }

  show({ recordings, duration, seconds }) {
    const memory = Math.max(...recordings.map((one) => one.memory_gb || 0)), isEstimate = recordings.some((one) => one.is_estimate);
    this.figures.textContent = [
      duration && t("add.ask.length", { time: clock(duration) }),
      seconds && t(isEstimate ? "add.ask.estimated" : "add.ask.takes", { time: time(seconds) }),
      memory && t("add.ask.memory", { n: Math.max(0.1, memory) }),
    ].filter(Boolean).join(" · ");
    this.problems.textContent = [...new Set(recordings.map((one) => one.why).filter(Boolean))].join(" ");
  }
}
