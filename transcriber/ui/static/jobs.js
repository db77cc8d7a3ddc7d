// The list of all recordings: where each is, and what can be done with it.
import { arrange, button, element, isolated } from "./elements.js";
import { feed } from "./jobs-feed.js";
import { stateOf } from "./format.js";
import { models } from "./models-feed.js";
import { post, send } from "./requests.js";

const UNDO_MILLISECONDS = 9000;

export class JobList extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<p class="message" role="alert"></p><ul role="list" aria-label="Jobs"></ul>
      <p class="undo" role="status" hidden><span></span> <button type="button">Undo</button></p>`;
    this.list = this.querySelector("ul");
    this.rows = new Map();
    feed.listen(() => this.paint());
    document.addEventListener("shown", () => this.paint());
  }

  paint() {
    this.querySelector(".message").textContent = feed.problem;
    const rows = feed.jobs.map((job) => {
      const row = this.rows.get(job.id) || new Row(this, job.id);
      row.paint(job, window.transcribe.shown() === job.id);
      return [job.id, row];
    });
    this.rows = new Map(rows);
    arrange(this.list, rows.map(([, row]) => row.item));
  }

  async act(request) {
    try {
      await request();
      await feed.refresh();
    } catch (error) {
      this.querySelector(".message").textContent = error.message;
    }
  }

  async retry(id) {
    const asked = await window.transcribe.asked();
    if (!asked) return;
    window.transcribe.show(id);
    await this.act(() => post(`/jobs/${id}/retry`, asked));
  }

  async takeAway(job) {
    window.transcribe.forget(job.id);
    await this.act(() => send("DELETE", `/jobs/${job.id}`));
    const note = this.querySelector(".undo"), undo = note.querySelector("button");
    note.querySelector("span").replaceChildren(isolated(job.name), " was removed.");
    note.hidden = false;
    undo.onclick = () => { note.hidden = true; this.act(() => post(`/jobs/${job.id}/restore`)); };
    clearTimeout(this.undoTimer);
    this.undoTimer = setTimeout(() => { note.hidden = true; }, UNDO_MILLISECONDS);
  }
}

/** One recording in the list. */
class Row {
  constructor(list, id) {
    this.item = element("li");
    this.name = button("", () => window.transcribe.show(id), "name");
    this.name.dir = "auto";
    this.state = element("span", "", "state");
    this.progress = element("progress");
    this.progress.setAttribute("aria-label", "Progress");
    this.error = element("p", "", "error");
    this.buttons = {
      Cancel: button("Cancel", () => list.act(() => post(`/jobs/${id}/cancel`))),
      Retry: button("Retry", () => list.retry(id)),
      "Do next": button("Do next", () => list.act(() => post(`/jobs/${id}/first`))),
      Remove: button("Remove", () => list.takeAway(this.job)),
    };
    const actions = element("span", "", "actions");
    actions.append(...Object.values(this.buttons));
    this.item.append(this.name, actions, this.state, this.progress, this.error);
  }

  paint(job, isShown) {
    this.job = job;
    this.name.textContent = job.name;
    this.item.setAttribute("aria-label", job.name);
    this.name.toggleAttribute("aria-current", isShown);
    this.state.textContent = stateOf(job);
    this.error.textContent = job.error;
    this.error.hidden = !job.error;
    const shares = { running: job.duration && job.done / job.duration, receiving: job.size && job.arrived / job.size };
    this.progress.hidden = !(job.state in shares) || job.source === "microphone" && job.state === "receiving";
    if (shares[job.state]) this.progress.value = Math.min(1, shares[job.state]); else this.progress.removeAttribute("value");
    const isUnfinished = ["queued", "running"].includes(job.state);
    const isPartOnly = job.state === "failed" && job.size !== null && job.arrived !== null && job.arrived < job.size;
    const isLeftOver = job.state === "ready" && !window.transcribe.isOwn(job.id);
    this.buttons.Cancel.hidden = !isUnfinished;
    this.buttons.Cancel.disabled = job.is_stopping;
    this.buttons.Retry.hidden = isPartOnly || !isLeftOver && !["done", "failed", "cancelled"].includes(job.state);
    this.buttons.Retry.title = `Transcribe with ${models.label(window.transcribe.model)}, chosen above`;
    this.buttons["Do next"].hidden = job.state !== "queued" || feed.jobs.filter((other) => other.state === "queued")[0] === job;
  }
}
