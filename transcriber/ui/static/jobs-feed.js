// What the program knows of all recordings: asked for at one place, told to everybody who listens.
import { models } from "./models-feed.js";
import { get } from "./requests.js";

const INTERVAL = 400;
const listeners = new Set();

export const feed = {
  jobs: [],
  revision: "",
  problem: "",
  loading: "",

  /** `listener` is called at once and after every change. */
  listen(listener) {
    listeners.add(listener);
    listener();
  },

  /** Resolves when everybody knows what is so now. One request at a time: an older answer never follows a newer one. */
  refresh() {
    this.asking = (this.asking || Promise.resolve()).then(() => this.ask());
    return this.asking;
  },

  async ask() {
    try {
      const { revision, problem, loading, jobs, models: modelsRevision } = await get(`/jobs?revision=${encodeURIComponent(this.revision)}`);
      models.follow(modelsRevision);
      if (!jobs && this.problem === problem && this.loading === loading) return;
      Object.assign(this, { revision, problem, loading, jobs: jobs || this.jobs });
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
