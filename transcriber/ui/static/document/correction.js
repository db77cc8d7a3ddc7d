// One paragraph that is being corrected: its text alone can be written in, and is kept when it is left, and in pauses.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { select, selectionIn } from "./caret.js";
import { doc } from "./open-document.js";
import { sendEditAtOnce, sendEditLater } from "./unsent.js";
import { get, sendJson } from "../requests.js";
import { toast } from "../messages.js";

/** Without a key, until what has been written is kept; without an answer, until it is tried again. */
const PAUSE_MILLISECONDS = 2000, AGAIN_MILLISECONDS = 3000;

export class Correction {
  /** `typed`: the text to begin with, where it is another than the paragraph's. */
  constructor(paragraph, typed = null) {
    Object.assign(this, { paragraph, offered: [], identity: doc.id, number: doc.number, place: paragraph.text, kept: paragraph.plain, sent: null, isOver: false });
    paragraph.isEdited = true;
    paragraph.onTaken = () => this.taken();
    paragraph.row.classList.add("editing");
    this.place.textContent = typed ?? this.kept;
    this.place.contentEditable = "plaintext-only";
    Object.assign(this.place, { role: "textbox", ariaMultiLine: "true", ariaLabel: t("document.textOf", { who: paragraph.row.ariaLabel }), spellcheck: true });
    if (doc.detail?.language) this.place.lang = doc.detail.language;
    this.note = element("p", "", "error");
    this.note.setAttribute("role", "alert");
    this.hint = hints();
    paragraph.row.append(this.hint, this.note);
    this.listening = new AbortController();
    this.place.addEventListener("input", () => { this.hasTyped = true; this.wait(PAUSE_MILLISECONDS); }, { signal: this.listening.signal });
  }

  get written() { return this.place.textContent; }
  /** Whether more was written than the program has, or is being told. */
  get isChanged() { return this.written !== (this.sent ?? this.kept); }
  get isUnkept() { return this.written !== this.kept; }

  focus(caret) {
    this.place.focus({ preventScroll: true });
    select(this.place, caret || { start: 0 });
    this.paragraph.row.scrollIntoView({ block: "nearest" });
  }

  /** The caret, in letters. */
  get caret() { return selectionIn(this.place) || { start: 0, end: 0 }; }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.written.trim()) this.keep(); }, milliseconds);
  }

  /** Has the program keep what was written, if it is other than before; resolves to whether it has it. What it refuses stays
   * here, with the reason. */
  async keep() {
    clearTimeout(this.timer);
    if (this.isStale) {  // nobody's words are written over before they were seen
      Object.assign(this, { isStale: false, isConflict: true });
      this.say(t("document.conflict"));
      return false;
    }
    if (!this.isChanged) return this.sent === null || this.keeping;
    this.keeping = this.sendText(this.written);
    return this.keeping;
  }

  async sendText(text) {
    const { paragraph } = this;
    this.sent = text;
    try {
      const answer = await doc.edit(() => ({ kind: "words", first: paragraph.first, count: paragraph.count, text }));
      Object.assign(this, { kept: text, isConflict: false, isUnanswered: false });
      this.say("");
      this.offered.push(...answer.offer || []);
      return true;
    } catch (error) {
      Object.assign(this, { isConflict: error.status === 409, isUnanswered: error.status === 0 });
      this.say(this.isConflict ? "" : t("document.unkept", { why: error.message }));
      if (this.isUnanswered) this.wait(AGAIN_MILLISECONDS);
      return false;
    } finally {
      if (this.sent === text) this.sent = null;
      if (this.isConflict && !this.isOver) { this.taken(); this.isStale = false; }  // it has been said
    }
  }

  /** Keeps it for the last time: another document comes. */
  async leave() {
    const { change, sent } = this;
    if (!this.isUnkept || !change.text.trim() || (sent === change.text && await this.keeping)) return;
    sendEditLater(change.text, change);
  }

  /** What was written, as an edit of the recording in which it was begun. */
  get change() {
    const { first, count } = this.paragraph, { written: text, identity: id, number } = this;
    return { id, kind: "words", number, revision: doc.revisions.get(`${id} ${number}`), first, count, text };
  }

  /** What the program offers for the vocabulary, of that which stands here at last. */
  get terms() { return [...new Set(this.offered)].filter((term) => this.paragraph.plain.includes(term)); }

  /** The page goes away: there is no time for an answer. */
  send() {
    if (!this.isChanged) return;
    this.sent = this.written;
    sendEditAtOnce(this.change);
  }

  /** The paragraph is another now: by what was kept of it, by what was transcribed since, or by somebody else. What is
   * written stays. */
  taken() {
    const { plain } = this.paragraph, { caret, written } = this, hadFocus = document.activeElement === this.place;
    if (this.sent !== null || plain === this.kept) return;
    const isGrown = plain.startsWith(this.kept);
    if (this.isUnkept && !isGrown) {
      Object.assign(this, { kept: plain, isStale: true });
      this.say(t("document.conflict"));
      return;
    }
    this.place.textContent = this.isUnkept ? written + plain.slice(this.kept.length) : plain;
    this.kept = plain;
    if (hadFocus) select(this.place, { start: Math.min(caret.start, this.written.length), end: Math.min(caret.end, this.written.length) });
  }

  /** Shows the words again as the program has them. */
  end() {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.listening.abort();
    this.paragraph.row.classList.remove("editing");
    this.paragraph.isEdited = false;
    this.paragraph.onTaken = null;
    for (const name of ["contenteditable", "role", "aria-multiline", "aria-label", "spellcheck", "lang"]) this.place.removeAttribute(name);
    this.hint.remove();
    this.note.remove();
    this.paragraph.paint();
  }

  say(text) { this.note.textContent = text; }
}

function hints() {
  const line = element("div", "", "hints");
  for (const [keys, name] of [["Esc", "done"], ["Enter", "split"], ["Alt K", "play"], ["Alt J", "back"], ["Alt 1–9", "speaker"]]) {
    const hint = element("span");
    hint.append(element("kbd", keys), ` ${t(`document.hints.${name}`)}`);
    line.append(hint);
  }
  return line;
}

/** Offers to add these, which were just corrected, to the user's names and terms, which later transcriptions go by. */
export function offerTerms(terms) {
  if (!terms?.length) return;
  toast(t("document.offer", { n: terms.length, terms: terms.join(", ") }), { label: t("document.addTerms"), undo: () => add(terms) });
}

async function add(terms) {
  try {
    const { terms: known } = await get("/vocabulary");
    await sendJson("PUT", "/vocabulary", { terms: [...known, ...terms] });
    toast(t("document.added"));
  } catch (error) {
    toast(error.message);
  }
}
