// The user's names and terms: kept by the program, and sent along with what is transcribed.
import { get, sendJson } from "../requests.js";
import { element } from "../elements.js";
import { t } from "../i18n.js";

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

// The field for names and terms: a textarea whose lines are kept as soon as it is left.
let made = 0;

/** `hint`: what is said below it. */
export function termsField(hint = t("add.terms_hint")) {
  const field = element("div", "", "field"), label = element("label", t("add.terms")), area = element("textarea");
  const about = element("p", hint, "hint"), wrong = element("p", "", "error");
  const id = `terms-${made += 1}`;
  Object.assign(area, { id, rows: 7, dir: "auto", spellcheck: false, name: "vocabulary" });
  Object.assign(about, { id: `${id}-about` });
  Object.assign(wrong, { id: `${id}-wrong` });
  label.htmlFor = id;
  wrong.setAttribute("role", "alert");
  area.setAttribute("aria-describedby", `${about.id} ${wrong.id}`);
  let known = "";  // what is written here was so when it was last kept
  area.addEventListener("change", () => { known = area.value; terms.keep(known); });
  terms.listen(() => {
    area.disabled = terms.text === null;
    if (area.value === known) area.value = known = terms.text ?? "";
    wrong.textContent = terms.wrong;
    area.setAttribute("aria-invalid", String(Boolean(terms.wrong)));
  });
  field.append(label, area, about, wrong);
  return field;
}
