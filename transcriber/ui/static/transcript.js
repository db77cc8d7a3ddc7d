// The transcript of one recording: its player, its words as they are made, its figures, and ways to take it away.
import { button, element, isolated } from "./elements.js";
import { clock, deviceName, stateOf, title } from "./format.js";
import { feed } from "./jobs-feed.js";
import { Player } from "./player.js";
import { get } from "./requests.js";
import { SpeakersPanel } from "./speakers.js";
import { Words } from "./words.js";

export class TranscriptView extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <div class="status" role="status"></div><progress max="1" hidden aria-label="Progress of this transcript"></progress>
      <section class="player" role="region" aria-label="Player" hidden></section>
      <section class="speakers" hidden></section>
      <section class="transcript" role="region" aria-label="Transcript" tabindex="0"></section>
      <div class="actions" hidden><button type="button" class="copy">Copy text</button>
        <label>Save as <select class="format"></select></label><a class="save" download>Save</a>
        <span role="group" aria-label="Transcripts of this recording" class="versions"></span></div>
      <p class="error" hidden></p><ul class="notes"></ul><dl class="figures"></dl>`;
    this.region = this.querySelector(".transcript");
    this.versions = this.querySelector(".versions");
    this.words = new Words(this.region);
    this.player = new Player(this.querySelector(".player"), (seconds, follow) => this.words.mark(seconds, follow), (step) => this.stepWord(step));
    this.speakers = new SpeakersPanel(this.querySelector(".speakers"), () => this.refresh());
    this.region.addEventListener("click", (event) => this.seekTo(this.words.clicked(event)));
    this.querySelector(".copy").addEventListener("click", () => this.copy());
    this.format = this.querySelector(".format");
    this.format.addEventListener("change", () => this.link());
    this.offerFormats();
    this.show(null);
    feed.listen(() => this.update());
  }

  /** Show the job `id` from now on; null: whatever is worked at; undefined: nothing, for another comes at once. */
  show(id) {
    Object.assign(this, { jobId: id, number: null, source: null, seen: null });
    this.words.clear();
    this.region.append(element("p", "Nothing has been transcribed yet.", "empty"));
    for (const part of [".actions", ".error", "progress"]) this.querySelector(part).hidden = true;
    for (const part of [".notes", ".figures", ".status"]) this.querySelector(part).replaceChildren();
    this.player.show(null);
    this.speakers.show(null);
    this.dispatchEvent(new Event("shown", { bubbles: true }));
    this.update();
  }

  /** What has changed of the job that is shown; without one, that which is worked at, or the newest. */
  update() {
    const { jobs } = feed;
    const job = jobs.find((other) => other.id === this.jobId);
    if (!job) {
      const first = this.jobId !== null ? null : jobs.find((other) => other.state === "running") || jobs.find((other) => other.model && other.state !== "receiving");
      if (first) this.show(first.id); else if (this.jobId && feed.revision) this.show(null);
      return;
    }
    const now = JSON.stringify(job);
    if (now === this.seen) return;
    this.seen = now;
    this.paint(job);
    this.refresh();
  }

  paint(job) {
    this.querySelector(".status").replaceChildren(isolated(job.name), `: ${stateOf(job)}`);
    const bar = this.querySelector("progress"), error = this.querySelector(".error");
    bar.hidden = job.state !== "running";
    if (job.duration) bar.value = Math.min(1, job.done / job.duration); else bar.removeAttribute("value");
    error.textContent = job.error;
    error.hidden = !job.error;
    this.region.setAttribute("aria-busy", String(["queued", "running"].includes(job.state)));
    this.player.show(job);
    this.player.draw(job).catch(() => {});
  }

  /** Fetches what is new of the words; one request at a time. */
  async refresh() {
    if (this.isFetching) { this.isStale = true; return; }
    this.isFetching = true;
    try {
      do {
        this.isStale = false;
        await this.fetch();
      } while (this.isStale);
    } catch {
      this.seen = null;  // the feed tells of the trouble, and of its end
    } finally {
      this.isFetching = false;
    }
  }

  async fetch() {
    const { jobId: id, number } = this, start = this.source ? this.words.count : 0;
    if (!id) return;
    const detail = await get(`/jobs/${id}?start=${start}${number ? `&number=${number}` : ""}`);
    if (id !== this.jobId || number !== this.number) { this.isStale = true; return; }
    if (detail.source !== this.source) {
      const isFirst = this.source === null;
      this.words.clear();
      this.source = detail.source;
      if (!isFirst) { this.isStale = true; return; }
    }
    this.region.querySelector(".empty")?.remove();
    if (!await this.words.add(detail.segments)) { this.isStale = true; return; }
    this.finish(detail);
  }

  finish(detail) {
    const isOver = !["queued", "running"].includes(detail.state);
    this.querySelector(".actions").hidden = !(isOver && (this.words.count || detail.transcripts.length));
    this.link();
    this.versions.replaceChildren(...(detail.transcripts.length < 2 ? [] : detail.transcripts.map((version) => this.version(version, detail.number))));
    this.speakers.show(detail);
    this.querySelector(".notes").replaceChildren(...detail.notes.map((note) => element("li", note)));
    this.querySelector(".figures").replaceChildren(...(detail.source.startsWith("transcript") && detail.elapsed ? figures(detail) : []));
    if (!this.words.count) {
      const nothing = { done: "No words were heard in this recording.", queued: "It waits for its turn.", running: "The words will be here as they are heard." };
      this.region.replaceChildren(element("p", nothing[detail.state] || "Nothing has been transcribed yet.", "empty"));
    }
  }

  /** A button that shows one of the recording's transcripts. */
  version({ id, model, created_at: at }, shown) {
    const made = button(`${title(model)}, ${new Date(at * 1000).toLocaleTimeString()}`, () => { this.number = id; this.refresh(); });
    made.setAttribute("aria-pressed", String(shown === id));
    return made;
  }

  async offerFormats() {
    const { known_formats: known } = await get("/settings");
    this.format.append(...Object.entries(known).map(([name, title]) => new Option(`${name.toUpperCase()}: ${title}`, name)));
    this.link();
  }

  /** The link to what is shown, in the format that is chosen. */
  link() {
    this.querySelector(".save").href = `/jobs/${this.jobId}/transcript.${this.format.value}${this.number ? `?number=${this.number}` : ""}`;
  }

  seekTo(seconds) {
    if (seconds === undefined) return;
    this.player.seek(seconds);
    this.words.mark(seconds, false);
  }

  stepWord(step) {
    const number = Math.min(this.words.starts.length - 1, Math.max(0, this.words.spoken + step));
    this.seekTo(this.words.starts[number]);
  }

  async copy() {
    await navigator.clipboard.writeText(this.words.text);
    const copy = this.querySelector(".copy");
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy text"; }, 1500);
  }
}

function figures(detail) {
  return [["Audio", clock(detail.duration)], ["Time taken", `${detail.elapsed.toFixed(1)} s`], ["Speed", `${(detail.duration / detail.elapsed).toFixed(1)} × real time (RTFx)`],
    ["Device", deviceName(detail.device)], ["Model", detail.model]].flatMap(([name, value]) => [element("dt", name), element("dd", value)]);
}
