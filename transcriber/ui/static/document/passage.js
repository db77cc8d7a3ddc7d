// A passage of the document: the words that are selected, or a whole paragraph; and what can be done with it.
import { announce, toast } from "../messages.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { player } from "../player/player.js";
import { doc } from "./open-document.js";
import { paragraphOf } from "./paragraph.js";
import { button, element } from "../elements.js";
import { pictured } from "../icons.js";
import { isTyping } from "../keyboard.js";

/** The words that are selected: { pieces: [{ paragraph, first, last }], range }; null where none are. */
export function selectedPassage(text) {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!text.place.contains(range.commonAncestorContainer) || range.commonAncestorContainer.parentElement?.closest("[contenteditable]")) return null;
  const begin = text.paragraphs.indexOf(paragraphOf(range.startContainer)), end = text.paragraphs.indexOf(paragraphOf(range.endContainer));
  const pieces = text.paragraphs.slice(Math.max(0, begin), (end < 0 ? begin : end) + 1).map((paragraph) => piece(paragraph, range)).filter(Boolean);
  return pieces.length ? { pieces, range } : null;
}

/** All of one paragraph. */
export const wholeParagraph = (paragraph) => ({ pieces: [{ paragraph, first: 0, last: paragraph.count - 1 }], range: null });

function piece(paragraph, range) {
  if (paragraph.isEdited) return null;
  const places = paragraph.spans.map((span, place) => (range.intersectsNode(span) && isTouched(span, range) ? place : -1)).filter((place) => place >= 0);
  return places.length ? { paragraph, first: places[0], last: places.at(-1) } : null;
}

/** Not only at its edge. */
function isTouched(span, range) {
  const inside = document.createRange();
  inside.selectNodeContents(span);
  return range.compareBoundaryPoints(Range.END_TO_START, inside) < 0 && range.compareBoundaryPoints(Range.START_TO_END, inside) > 0;
}

/** { start, end } in seconds. */
export function secondsOf({ pieces }) {
  const { paragraph, first } = pieces[0], last = pieces.at(-1), word = last.paragraph.words[last.last];
  return { start: paragraph.starts[first], end: word.end ?? last.paragraph.end };
}

/** The words as they stand in the text, a line a paragraph. */
function wordsOf({ pieces }) {
  return pieces.map(({ paragraph, first, last }) => paragraph.plain.slice(paragraph.letters[first], paragraph.letters[last] + paragraph.words[last].text.length)).join("\n");
}

/** Played once. */
function playPassage(passage) {
  const { start, end } = secondsOf(passage);
  playSeconds(start, end);
}

/** Plays these seconds, unless somebody goes elsewhere meanwhile. */
export function playSeconds(start, end) {
  player.loop(null);
  player.play(start);
  let hasBegun = false;
  const look = () => {
    const isInside = player.time >= start - 0.2 && player.time < end;
    hasBegun ||= isInside && player.isPlaying;
    if (!hasBegun || (isInside && player.isPlaying)) return;
    player.removeEventListener("time", look);
    if (player.isPlaying && player.time >= end && player.time < end + 1) player.pause();
  };
  player.addEventListener("time", look);
}

function loopPassage(passage) {
  const { start, end } = secondsOf(passage);
  player.loop(start, end);
}

/** Copied as somebody quotes it: “…” — Name, 0:24. */
async function copyQuote(passage) {
  const { paragraph } = passage.pieces[0], who = paragraph.speaker ? `${paragraph.speaker}, ` : "";
  try {
    await navigator.clipboard.writeText(`${t("document.quote", { words: wordsOf(passage) })} — ${who}${clock(secondsOf(passage).start)}`);
    toast(t("document.quoted"));
  } catch {
    toast(t("document.notCopied"));
  }
}

/** Marked, or no longer where just these words are. */
export async function markPassage(passage) {
  const { start, end } = secondsOf(passage), known = (doc.detail.marks || []).find((mark) => mark.start === start && mark.end === end);
  try {
    await doc.edit(known ? { kind: "unmark", id: known.id } : { kind: "mark", start, end });
    announce(t(known ? "document.unmarked" : "document.marked"));
  } catch (error) {
    toast(error.message);
  }
}

// What can be done with selected words: a small bar above them.
const MARGIN = 8, ABOVE = 46, BELOW = 10;

export class SelectionBar {
  /** `frame`: the element over which it lies; `hearAgain` gets a passage. */
  constructor(frame, scroll, text, hearAgain) {
    Object.assign(this, { frame, text });
    this.element = element("div", "", "pop");
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", t("document.selection"));
    this.element.hidden = true;
    const act = (what) => () => { if (this.passage) what(this.passage); };
    this.element.append(
      pictured("play", t("document.play"), act(playPassage), ""), pictured("loop", t("document.loop"), act(loopPassage), ""), element("i"),
      pictured("copy", t("document.copyQuote"), act(copyQuote), ""), pictured("flag", t("document.mark"), act(markPassage), ""), element("i"),
      button(t("document.hearAgain"), act((passage) => { this.hide(); hearAgain(passage); })),
    );
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());  // the selection stays
    document.addEventListener("selectionchange", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.update(), 60); });
    addEventListener("pointerup", () => { this.isPressed = false; this.update(); });
    addEventListener("pointercancel", () => { this.isPressed = false; this.update(); });
    addEventListener("keydown", (event) => this.pressed(event), true);
    scroll.addEventListener("pointerdown", () => { this.isPressed = true; });
    scroll.addEventListener("scroll", () => this.place(), { passive: true });
  }

  update() {
    if (this.isPressed || this.element.contains(document.activeElement)) return;
    this.passage = selectedPassage(this.text);
    this.element.hidden = !this.passage;
    this.place();
  }

  /** While words are selected, the key of the loop is for them. */
  pressed(event) {
    if (this.passage && event.key === "Escape") { getSelection().removeAllRanges(); this.hide(); }
    if (!this.passage || isTyping(event.target) || event.key.toLowerCase() !== "r" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    loopPassage(this.passage);
  }

  hide() {
    this.element.hidden = true;
    this.passage = null;
  }

  place() {
    if (!this.passage) return;
    const frame = this.frame.getBoundingClientRect(), boxes = this.passage.range.getClientRects(), first = boxes[0], last = boxes[boxes.length - 1];
    if (!first) { this.hide(); return; }
    const top = first.top - frame.top - ABOVE, isAbove = top > 56;
    this.element.style.left = `${Math.max(MARGIN, Math.min(first.left - frame.left - 10, frame.width - this.element.offsetWidth - MARGIN))}px`;
    this.element.style.top = `${isAbove ? top : Math.min(last.bottom - frame.top + BELOW, frame.height - 56)}px`;
  }
}
