// What the program knows of all recordings: asked for at one place, told to everybody who listens.
import { models } from "./models-feed.js";
import { get } from "./requests.js";

const INTERVAL = 400;
const listeners = new Set();

export const feed = {
  jobs: [],
  folders: [],
  revision: "",
  problem: "",
  loading: "",

  /** `listener` is called at once and after every change, until what is returned is called. */
  listen(listener) {
    listeners.add(listener);
    listener();
    return () => listeners.delete(listener);
  },

  /** Resolves when everybody knows what is so now. One request at a time: an older answer never follows a newer one. */
  refresh() {
    this.asking = (this.asking || Promise.resolve()).then(() => this.ask());
    return this.asking;
  },

  async ask() {
    try {
      const { revision, problem, loading, jobs, gone, whole, folders = this.folders, models: modelsRevision } = await get(`/jobs?revision=${encodeURIComponent(this.revision)}`);
      models.follow(modelsRevision);
      if (!jobs && this.problem === problem && this.loading === loading) return;
      Object.assign(this, { revision, problem, loading, folders, jobs: jobs ? merged(whole ? [] : this.jobs, jobs, gone) : this.jobs });
    } catch (error) {
      if (this.problem === error.message) return;
      Object.assign(this, { problem: error.message, revision: "" });
    }
    listeners.forEach((listener) => listener());
  },

  async start() {
    await this.refresh();
    setTimeout(() => this.start(), INTERVAL);
  },
};

/** The list with what changed in it: the unfinished ones in the order of the queue, then the finished ones, the last first. */
function merged(known, changed, gone) {
  const byId = new Map(known.map((job) => [job.id, job]));
  changed.forEach((job) => byId.set(job.id, job));
  gone.forEach((id) => byId.delete(id));
  const place = (job) => [job.finished_at === null ? 0 : 1, -job.finished_at, job.state === "running" ? 0 : 1, job.position];
  return [...byId.values()].map((job) => [place(job), job]).sort(([a], [b]) => compare(a, b)).map(([, job]) => job);
}

function compare(a, b) {
  const first = a.findIndex((value, index) => value !== b[index]);
  return first < 0 ? 0 : a[first] - b[first];
}
