// The open document as subtitles, as files have them: read beside their limits, corrected, timed, mended.
import { arrange, button, element, offer } from "../elements.js";
import { announce } from "../messages.js";
import { doc } from "../document/open-document.js";
import { describe } from "../export/dialog.js";
import { t } from "../i18n.js";
import { player } from "../player/player.js";
import { get } from "../requests.js";
import { onRoute } from "../router.js";
import { settings } from "../settings-feed.js";
import { CueRow } from "./cue.js";

const AIM = 0.35;

class SubtitlesView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page subs"), head = element("header", "", "subs-head"), line = element("p");
    Object.assign(this, { rows: [], cues: [], current: null, shown: "" });
    this.heading = element("h1");
    this.heading.dir = "auto";
    this.preset = element("select");
    this.preset.ariaLabel = t("export.preset");
    this.preset.addEventListener("change", () => this.choose(this.preset.value));
    this.problems = element("span", "", "problems");
    this.mendAll = button(t("subtitles.mendAll"), () => this.change({ do: "mend" }), "button");
    this.trouble = element("p", "", "error");
    this.trouble.setAttribute("role", "alert");
    this.list = element("ol", "", "cues");
    this.list.ariaLabel = t("document.subtitles");
    this.list.setAttribute("role", "list");
    this.list.addEventListener("keydown", (event) => this.key(event));
    line.append(this.preset, this.problems, this.mendAll);
    head.append(this.heading, line, this.trouble);
    page.append(head, this.list);
    this.replaceChildren(page);
    for (const name of ["opened", "grown", "spliced", "changed"]) doc.addEventListener(name, () => this.refresh());
    doc.addEventListener("closing", () => { this.rows.forEach((row) => row.leave()); this.clear(); });
    doc.addEventListener("closed", () => this.clear());
    addEventListener("pagehide", () => this.rows.forEach((row) => row.send()));
    onRoute(({ view, params }) => { this.isShown = view === "recording" && params.v === "subtitles"; this.refresh(); });
    settings.listen(() => this.refresh());
    player.addEventListener("time", () => this.follow());
    new MutationObserver(() => this.refresh()).observe(this, { attributes: true, attributeFilter: ["hidden"] });
  }

  get choice() {
    const { preset = "netflix", speakers = true } = settings.page.export;
    return { preset, speakers };
  }

  clear() {
    Object.assign(this, { rows: [], cues: [], current: null });
    this.list.replaceChildren();
    this.say("");
  }

  /** Asks for the cues, where somebody sees them; one request at a time. */
  async refresh() {
    if (!this.isShown || !doc.detail || !doc.segments.length) { this.caption(null); return; }
    if (this.isAsking) { this.isStale = true; return; }
    this.isAsking = true;
    try {
      do {
        this.isStale = false;
        const { id, number } = doc, { preset, speakers } = this.choice;
        const answer = await get(`/jobs/${id}/cues?${new URLSearchParams({ preset, speakers, ...(number === null ? {} : { number }) })}`);
        if (id === doc.id && number === doc.number) this.paint(answer);
      } while (this.isStale);
    } catch (error) {
      this.say(error.message);
    } finally {
      this.isAsking = false;
    }
  }

  paint({ cues, limits }) {
    Object.assign(this, { cues, limits });
    this.heading.textContent = doc.job.title || doc.job.name;
    offer(this.preset, Object.entries(settings.export.presets).map(([name, values]) => [name, describe(name, values)]), this.choice.preset);
    this.rows = this.matched(cues);
    this.rows.forEach((row, place) => row.paint(cues[place], limits));
    arrange(this.list, this.rows.map(({ item }) => item));
    if (!this.rows.some(({ item }) => item.tabIndex === 0) && this.rows.length) this.rows[0].item.tabIndex = 0;
    const wrong = cues.filter(({ problems }) => problems.length);
    this.problems.textContent = wrong.length ? t("subtitles.problems", { n: wrong.length }) : t("subtitles.fine");
    this.mendAll.disabled = !wrong.some(({ problems }) => problems.some((problem) => problem.can_mend));
    this.list.style.setProperty("--chars", limits.max_line_chars ?? 0);
    this.current = null;
    this.follow();
  }

  /** The rows of these cues: that of one that begins at the same time stays the same, for somebody may be writing in it. */
  matched(cues) {
    const byStart = new Map(this.rows.map((row) => [row.cue.start, row])), same = cues.map(({ start }) => byStart.get(start)), kept = new Set(same);
    for (const row of this.rows) if (row.isEdited && !kept.has(row) && cues.length) same[nearest(cues, row.cue.start)] = row;
    const free = this.rows.filter((row) => !kept.has(row) && !row.isEdited);
    return same.map((row) => row || free.shift() || new CueRow(this));
  }

  async choose(preset) {
    await settings.change({ export: { ...settings.page.export, preset } }).catch((error) => this.say(error.message));
  }

  /** An edit of a cue; resolves to whether it was made. */
  async change(change) {
    const { isKept } = await this.ask(() => ({ kind: "cue", ...this.choice, ...change }));
    if (isKept) announce(t(`subtitles.done.${change.do}`)); else this.refresh();
    return isKept;
  }

  /** `change` returns an edit when its turn comes. */
  async ask(change) {
    try {
      await doc.edit(change);
      this.say("");
      return { isKept: true };
    } catch (error) {
      this.say(error.message);
      return { isKept: false, isUnanswered: error.status === 0 };
    }
  }

  say(text) { this.trouble.textContent = text; }

  /** The cue that is shown now, over the video, too. */
  follow() {
    if (!this.isShown || !this.rows.length) return;
    const { time } = player, place = this.cues.findIndex(({ start, end }) => time >= start && time < end), row = this.rows[place] || null;
    if (row === this.current) return;
    this.current?.item.removeAttribute("aria-current");
    this.current = row;
    this.caption(this.cues[place]);
    if (!row) return;
    row.item.setAttribute("aria-current", "true");
    if (player.isPlaying && settings.page.follow !== false && !this.contains(document.activeElement?.closest("[contenteditable], input"))) this.reveal(row);
  }

  reveal(row) {
    const box = row.item.getBoundingClientRect(), seen = this.getBoundingClientRect();
    if (box.top < seen.top + 20 || box.bottom > seen.bottom - 80) this.scrollTop += box.top - seen.top - AIM * seen.height;
  }

  caption(cue) {
    const dock = document.querySelector("video-dock");
    if (dock?.caption) dock.caption.textContent = cue && this.isShown ? cue.lines.join("\n") : "";
  }

  key(event) {
    const place = this.rows.findIndex(({ item }) => item === event.target);
    if (place < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    if (to !== undefined) this.focusRow(Math.min(this.rows.length - 1, Math.max(0, to)));
    else if (event.key === "Enter") this.rows[place].edit();
    else return;
    event.preventDefault();
  }

  focusRow(place) {
    this.makeStop(this.rows[place]);
    this.rows[place].item.focus();
  }

  makeStop(row) {
    for (const { item } of this.rows) if (item.tabIndex === 0) item.tabIndex = -1;
    row.item.tabIndex = 0;
  }
}

/** The place of the cue that begins nearest to a second. */
const nearest = (cues, seconds) => cues.reduce((best, { start }, place) => (Math.abs(start - seconds) < Math.abs(cues[best].start - seconds) ? place : best), 0);

customElements.define("subtitles-view", SubtitlesView);
