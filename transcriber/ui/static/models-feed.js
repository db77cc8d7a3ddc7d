// What the program knows of models and configurations: asked for when jobs-feed.js hears that it has changed.
import { get } from "./requests.js";

const listeners = new Set();
let told;

export const models = {
  revision: "",
  active: "",
  choices: [],
  /** The English name of every language, by its code. */
  languages: {},
  configurations: [],
  types: [],
  devices: [],
  models: [],
  /** What is said of starter models, and offered besides, while there are no others. */
  starter: null,
  /** The model that tells speakers apart: its title, whether it is there, and the command that sets it up. */
  diarizing: { is_there: false },
  can_set_up: false,
  /** Fulfilled when the program has told all this for the first time. */
  known: new Promise((resolve) => { told = resolve; }),

  /** `listener` is called at once if there is something to tell, and after every change, until what is returned is called. */
  listen(listener) {
    listeners.add(listener);
    if (this.revision) listener();
    return () => listeners.delete(listener);
  },

  label(name) { return this.choices.find((choice) => choice.name === name)?.label || name; },

  /** One request at a time; a program that does not answer is asked again when it does. */
  follow(revision) {
    if (revision !== this.revision) this.asking ||= this.ask().finally(() => { this.asking = null; });
  },

  async ask() {
    const answer = await get("/models").catch(() => null);
    if (!answer) return;
    Object.assign(this, answer);
    listeners.forEach((listener) => listener());
    told();
  },
};
