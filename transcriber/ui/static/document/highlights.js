// Ranges of text that are coloured without another element: marks, hits. Where the browser cannot, the words get a class.
import { doc } from "./open-document.js";

const CAN = typeof Highlight === "function" && "highlights" in (globalThis.CSS || {});
const coloured = new Map();

/** Colours these ranges in place of those before with the name; `spansOf(range)` finds the words of one. */
export function colourRanges(name, ranges, spansOf) {
  if (CAN) {
    if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges)); else CSS.highlights.delete(name);
    return;
  }
  coloured.get(name)?.forEach((span) => span.classList.remove(name));
  const spans = ranges.flatMap(spansOf);
  spans.forEach((span) => span.classList.add(name));
  coloured.set(name, spans);
}

/** The words that a range touches. */
export function spansIn(range) {
  const place = range.commonAncestorContainer, within = place.nodeType === Node.TEXT_NODE ? place.parentElement : place;
  return within.matches(".word") ? [within] : [...within.querySelectorAll(".word")].filter((span) => range.intersectsNode(span));
}

/** Colours the marked passages in these paragraphs. */
export function colourMarks({ paragraphs }) {
  const ranges = (doc.detail?.marks || []).flatMap(({ start, end }) => paragraphs.flatMap((paragraph) => {
    if (paragraph.isEdited || paragraph.start >= end || paragraph.end <= start) return [];
    const isInside = paragraph.words.map((word, place) => { const middle = word.end == null ? paragraph.starts[place] : (word.start + word.end) / 2; return middle >= start && middle < end; });
    const first = isInside.indexOf(true), last = isInside.lastIndexOf(true);
    return first < 0 ? [] : [paragraph.rangeOfWords(first, last)];
  }));
  colourRanges("marked", ranges, spansIn);
}
