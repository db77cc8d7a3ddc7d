// Correcting: which paragraph is being written in, how one becomes two and two become one, and who speaks in it.
import { announce, toast } from "../messages.js";
import { t } from "../i18n.js";
import { player } from "../player/player.js";
import { isAtEdge, selectionIn } from "./caret.js";
import { Correction, offerTerms } from "./correction.js";
import { doc } from "./open-document.js";
import { paragraphOf } from "./paragraph.js";

export class Correcting {
  /** All that is open; more than one only while something could not be kept. */
  open = new Set();
  current = null;

  constructor(text, spoken) {
    Object.assign(this, { text, spoken });
    const { place } = text;
    place.addEventListener("dblclick", (event) => this.doubleClicked(event));
    place.addEventListener("focusout", (event) => this.left(event));
    place.addEventListener("keydown", (event) => this.pressed(event));
    place.addEventListener("beforeinput", (event) => this.writes(event));
    doc.addEventListener("closing", () => this.open.forEach((correction) => { correction.leave(); correction.end(); }));
    doc.addEventListener("closed", () => { this.open.clear(); this.current = null; });
    addEventListener("pagehide", () => this.open.forEach((correction) => correction.send()));
    addEventListener("visibilitychange", () => { if (document.hidden) this.open.forEach((correction) => correction.keep()); });
    addEventListener("beforeunload", (event) => { if ([...this.open].some((correction) => correction.isUnanswered && correction.isUnkept)) event.preventDefault(); });
  }

  /** Begins to correct a paragraph, with the caret there. */
  begin(paragraph, caret = null, typed = null) {
    if (doc.isOriginal) { toast(t("document.readOnly")); return null; }
    if (this.current?.paragraph === paragraph && !this.current.isOver) { this.current.focus(caret); return this.current; }
    const known = [...this.open].find((correction) => correction.paragraph === paragraph);
    if (this.current && this.current !== known) this.finish(this.current);
    this.current = known || new Correction(paragraph, typed);
    this.open.add(this.current);
    this.text.place.classList.add("is-correcting");
    this.current.focus(caret);
    this.spoken.mark();
    return this.current;
  }

  /** The same, with the word selected that is looked at, or the caret at the one that is spoken, if it is in this paragraph. */
  beginAtVoice(paragraph) {
    const { target } = this.text, word = target?.paragraph === paragraph && paragraph.words[target.place];
    if (word) { this.begin(paragraph, { start: paragraph.letters[target.place], end: paragraph.letters[target.place] + word.text.length }); return; }
    const place = this.spoken.paragraph === paragraph && player.isPlaying ? paragraph.wordAt(player.time) : 0;
    this.begin(paragraph, { start: paragraph.letters[place] ?? 0 });
  }

  /** Whether there is something written that the browser itself can take back. */
  hasTyped() { return Boolean(this.current && document.activeElement === this.current.place && this.current.hasTyped); }

  /** Keeps what was written, and shows the words again; what could not be kept stays open. */
  async finish(correction) {
    if (!correction || correction.isOver || correction.isFinishing) return;
    correction.isFinishing = true;
    const hadFocus = document.activeElement === correction.place, isKept = await correction.keep();
    correction.isFinishing = false;
    if (correction.isConflict) { this.resume(correction); return; }
    if (!isKept) { if (correction.isUnanswered && !correction.isRetried) this.retry(correction); return; }
    if (hadFocus && document.activeElement === correction.place) this.close(correction, true); else if (document.activeElement !== correction.place) this.close(correction);
  }

  close(correction, withFocus = false) {
    const { row } = correction.paragraph;
    correction.end();
    this.open.delete(correction);
    if (this.current === correction) this.current = null;
    if (!this.current) this.text.place.classList.remove("is-correcting");
    if (withFocus && row.isConnected) row.focus({ preventScroll: true });
    this.spoken.mark();
    offerTerms(correction.terms);
  }

  /** Until the program answers again. */
  async retry(correction) {
    correction.isRetried = true;
    while (this.open.has(correction) && (correction.isChanged || correction.isUnkept)) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (await correction.keep()) break;
    }
    correction.isRetried = false;
    if (this.open.has(correction) && document.activeElement !== correction.place) this.close(correction);
  }

  /** The transcript was changed elsewhere: what was written stands in the paragraph as it is now, to be kept or not. */
  async resume(correction) {
    const { written, paragraph: { row, start } } = correction;
    if (row.isConnected) { correction.say(t("document.conflict")); correction.focus({ start: written.length }); return; }
    this.open.delete(correction);
    if (this.current === correction) this.current = null;
    await this.text.build();
    if (doc.id === correction.identity && this.text.paragraphs.length) this.begin(this.text.at(start + 0.02), { start: written.length }, written).say(t("document.conflict"));
  }

  doubleClicked(event) {
    const paragraph = paragraphOf(event.target);
    if (!paragraph || !paragraph.text.contains(event.target) || paragraph.isEdited) return;
    if (!this.spoken.wasPlaying) player.pause();
    const { start, end } = selectionIn(paragraph.text) || { start: 0, end: 0 };
    const chosen = paragraph.plain.slice(start, end), blanks = chosen.length - chosen.trimEnd().length;
    this.begin(paragraph, { start, end: end - blanks });
  }

  left(event) {
    const { current } = this;
    if (!current || event.target !== current.place || event.relatedTarget?.closest?.(".typing, .menu")) return;
    if (document.activeElement === current.place || !document.hasFocus()) { current.keep(); return; }  // another window has it
    this.finish(current);
  }

  pressed(event) {
    const { current } = this;
    if (!current || event.target !== current.place || event.isComposing) return;
    const caret = current.caret, isCollapsed = caret.start === caret.end, isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (event.key === "Escape") this.finish(current);
    else if (event.key === "Backspace" && isPlain && isCollapsed && caret.start === 0) this.join(current, -1);
    else if (event.key === "Delete" && isPlain && isCollapsed && caret.start === current.written.length) this.join(current, 1);
    else if (isPlain && (event.key === "ArrowUp" || event.key === "ArrowDown") && isAtEdge(current.place, event.key === "ArrowUp")) this.step(current, event.key === "ArrowUp" ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Line ends are new paragraphs; what is pasted is one line. */
  writes(event) {
    if (!this.current || event.target !== this.current.place || event.isComposing) return;
    if (["insertParagraph", "insertLineBreak"].includes(event.inputType)) {
      event.preventDefault();
      this.split(this.current);
    } else if (["insertFromPaste", "insertFromDrop"].includes(event.inputType)) {
      const pasted = event.dataTransfer?.getData("text/plain") ?? event.data ?? "";
      if (!/[\r\n]/.test(pasted)) return;
      event.preventDefault();
      document.execCommand("insertText", false, pasted.trim().replace(/\s*[\r\n]+\s*/g, " "));
    }
  }

  /** A new paragraph begins at the caret; what is typed meanwhile comes to stand in it. */
  async split(correction) {
    const { paragraph, written, caret: { start } } = correction, before = written.slice(0, start);
    if (!before.trim() || !written.slice(start).trim()) return;
    await this.change(correction, async () => {
      const letter = before.replace(/\s+/g, " ").trim().length;
      if (paragraph.beginningAt(letter) < 0) await doc.edit(() => ({ kind: "words", first: paragraph.first, count: paragraph.count, text: `${paragraph.plain.slice(0, letter)} ${paragraph.plain.slice(letter)}` }));
      await doc.edit(() => ({ kind: "split", word: paragraph.first + paragraph.beginningAt(letter) }));
      announce(t("document.split"));
      const place = this.text.paragraphs.indexOf(paragraph);
      return [this.text.paragraphs[place + 1] || paragraph, { start: 0 }];
    });
  }

  /** The paragraph goes on in the one before or behind it. */
  async join(correction, step) {
    const place = this.text.paragraphs.indexOf(correction.paragraph), other = this.text.paragraphs[place + step];
    if (!other) return;
    const [first, second] = step < 0 ? [other, correction.paragraph] : [correction.paragraph, other];
    await this.change(correction, async () => {
      const letters = first.plain.length;
      await doc.edit(() => ({ kind: "join", word: second.first }));
      announce(t("document.joined"));
      return [first, { start: letters }];
    });
  }

  /** Keeps what was written, then changes the paragraphs; `act` resolves to where to go on. */
  async change(correction, act) {
    if (correction.isBusy) return;
    correction.isBusy = true;
    const typed = this.buffer(correction.place);
    try {
      if (!await correction.keep()) { if (correction.isConflict) this.resume(correction); return; }
      correction.end();
      this.open.delete(correction);
      this.current = null;
      const [paragraph, caret] = await act();
      this.begin(paragraph, caret);
    } catch (error) {
      toast(error.message);
      this.begin(correction.paragraph);
    } finally {
      correction.isBusy = false;
      const letters = typed();
      if (letters) document.execCommand("insertText", false, letters);
    }
  }

  /** Collects what is typed until it is asked for. */
  buffer(place) {
    let letters = "";
    const collect = (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !place.isConnected) return;
      if (event.key.length === 1) letters += event.key; else if (event.key === "Backspace") letters = letters.slice(0, -1); else return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("keydown", collect, true);
    return () => { removeEventListener("keydown", collect, true); return letters; };
  }

  /** To the paragraph before or behind. */
  step(correction, by) {
    const next = this.text.paragraphs[this.text.paragraphs.indexOf(correction.paragraph) + by];
    if (next) this.begin(next, { start: by < 0 ? next.plain.length : 0 });
  }
}
