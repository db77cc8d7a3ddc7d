// The transcript: its words as they are made, its figures, and ways to take it away.
import { get } from "./requests.js";
import { clock, roughly } from "./format.js";

const INTERVAL = 400, FORMATS = ["txt", "srt", "vtt", "json"], UNFINISHED = ["receiving", "waiting", "queued", "running"];

export class TranscriptView extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <nav class="recordings" aria-label="All results"></nav>
      <div class="status" role="status"></div><progress max="1" hidden aria-label="Progress"></progress>
      <section role="region" aria-label="Transcript" tabindex="0"><p class="empty">Nothing has been transcribed yet.</p></section>
      <div class="actions" hidden><button type="button" class="copy">Copy text</button>
        ${FORMATS.map((format) => `<a class="save" data-format="${format}" download>Save as ${format.toUpperCase()}</a>`).join("")}</div>
      <ul class="notes"></ul><dl class="figures"></dl>`;
    this.region = this.querySelector("section");
    this.querySelector(".copy").addEventListener("click", () => this.copy());
    this.poll();
  }

  /** Show the job `id` from now on. */
  show(id) {
    this.id = id;
    this.count = 0;
    this.state = "";
    this.region.replaceChildren();
    this.querySelector(".actions").hidden = true;
    this.refresh().catch(() => {});
  }

  async poll() {
    try {
      const jobs = (await get("/jobs")).filter((job) => job.model);
      this.list(jobs);
      if (!this.id && jobs.length) this.show((jobs.find((job) => job.state === "running") || jobs.at(-1)).id);
      else if (this.id && this.state !== "done") await this.refresh();
      this.away = false;
    } catch (error) {
      this.away = true;
      this.querySelector(".status").textContent = error.message;
    }
    if (this.isConnected) setTimeout(() => this.poll(), INTERVAL);
  }

  list(jobs) {
    const now = JSON.stringify([this.id, jobs.map((job) => [job.id, job.state])]);
    if (now === this.listed) return;
    this.listed = now;
    this.querySelector(".recordings").replaceChildren(...(jobs.length < 2 ? [] : jobs.map((job) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${job.name} – ${job.state}`;
      if (job.id === this.id) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => this.show(job.id));
      return button;
    })));
  }

  async refresh() {
    const { id, count } = this, job = await get(`/jobs/${id}?start=${count}`);
    if (id !== this.id || count !== this.count) return;
    this.state = job.state;
    this.count += job.segments.length;
    this.region.append(...job.segments.map(line));
    this.region.setAttribute("aria-busy", String(UNFINISHED.includes(job.state)));
    this.progress(job);
    this.finish(job);
  }

  progress(job) {
    const bar = this.querySelector("progress"), status = this.querySelector(".status");
    bar.hidden = job.state !== "running";
    if (job.duration) bar.value = Math.min(1, job.done / job.duration); else bar.removeAttribute("value");
    const left = job.seconds_left == null ? "" : `, about ${roughly(job.seconds_left)} left`;
    status.textContent = {
      receiving: `${job.name}: being received`, queued: `${job.name}: waits for its turn`,
      running: !job.device ? `${job.name}: the model is being loaded`
        : `${job.name}: ${clock(job.done)}${job.duration ? ` of ${clock(job.duration)}` : ""} on ${deviceName(job.device)}${left}`,
      done: `${job.name}: done`, failed: `${job.name}: not transcribed`,
    }[job.state] || job.name;
  }

  finish(job) {
    const done = job.state === "done";
    this.querySelector(".actions").hidden = !done;
    this.querySelectorAll(".save").forEach((link) => { link.href = `/jobs/${job.id}/transcript.${link.dataset.format}`; });
    this.querySelector(".notes").replaceChildren(...(job.notes || []).map((note) => element("li", note)));
    this.querySelector(".figures").replaceChildren(...(done ? figures(job) : []));
    if (job.state === "failed") this.region.replaceChildren(element("p", job.error, "error"));
    else if (done && !this.count) this.region.replaceChildren(element("p", "No words were heard in this recording.", "empty"));
  }

  async copy() {
    const text = [...this.region.querySelectorAll(".text")].map((part) => part.textContent).join(" ");
    await navigator.clipboard.writeText(text);
    const button = this.querySelector(".copy");
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy text"; }, 1500);
  }
}

const deviceName = (device) => (device.startsWith("cuda") ? "the GPU" : "the CPU");

function element(name, text, style = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = style;
  return made;
}

function line(segment) {
  const row = element("p", "", "segment"), time = element("time", clock(segment.start));
  time.title = `${segment.start.toFixed(2)} s to ${segment.end.toFixed(2)} s`;
  row.append(time, element("span", segment.words.map((word) => word.text).join(" "), "text"));
  return row;
}

function figures(job) {
  return [["Audio", clock(job.duration)], ["Time taken", `${job.elapsed.toFixed(1)} s`], ["Speed", `${job.rtfx.toFixed(1)} × real time (RTFx)`],
    ["Device", deviceName(job.device)], ["Model", job.model]].flatMap(([name, value]) => [element("dt", name), element("dd", value)]);
}
