// The user's names and terms: kept by the program, and sent along with what is transcribed.
import { get, sendJson } from "../requests.js";

const listeners = new Set();

export const terms = {
  /** As the program understood them, the most important first. */
  list: [],
  /** What is written in the fields, a term a line; null before the program has told what is kept. */
  text: null,
  /** Why they could not be kept, or "". */
  wrong: "",

  /** `listener` is called at once and after every change, until what is returned is called. */
  listen(listener) {
    listeners.add(listener);
    listener();
    return () => listeners.delete(listener);
  },

  /** Keeps what is written; resolves to whether the program has it. */
  keep(text) {
    this.text = text;
    this.asking = this.take(sendJson("PUT", "/vocabulary", { terms: text.split("\n") }), text);
    return this.asking;
  },

  /** Resolves to whether the program has what is written here; asks once more if it could not be reached. */
  async kept() {
    if (await this.asking) return true;
    return this.text === null ? this.load() : this.keep(this.text);
  },

  /** Also called when somebody else may have changed them. */
  load() {
    this.asking = this.take(get("/vocabulary"), this.text);
    return this.asking;
  },

  /** What is written meanwhile stays. */
  async take(answer, before) {
    try {
      this.list = (await answer).terms;
      if (this.text === before) this.text = this.list.join("\n");
      this.wrong = "";
    } catch (error) {
      this.wrong = error.message;
    }
    listeners.forEach((listener) => listener());
    return !this.wrong;
  },
};
terms.load();
