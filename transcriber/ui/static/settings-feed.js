// What the user has chosen: asked for once, told to everybody who listens, and kept by the program.
import { get, sendJson } from "./requests.js";

const listeners = new Set();
let told;

export const settings = {
  /** Of the page alone: see PageSettings in server/routes/settings.py. */
  page: { captions: true, theme: "auto", language: "auto", export: { formats: ["docx"] } },
  /** What can be chosen of an export: its formats with their groups and options, the presets of subtitles. */
  export: { formats: [], groups: [], presets: {} },
  formats: [],
  sidecars: false,
  known_formats: {},
  folder: "",
  /** Fulfilled when the program has told all this for the first time, or does not answer. */
  known: new Promise((resolve) => { told = resolve; }),

  /** `listener` is called at once and after every change. */
  listen(listener) {
    listeners.add(listener);
    listener();
  },

  async refresh() {
    Object.assign(this, await get("/settings").catch(() => ({})));
    listeners.forEach((listener) => listener());
    told();
  },

  /** Keeps what is given of the page's settings. Throws with a sentence for the user. */
  async change(changed) {
    Object.assign(this.page, changed);
    listeners.forEach((listener) => listener());
    await sendJson("PATCH", "/settings/page", changed);
  },
};

settings.refresh();
