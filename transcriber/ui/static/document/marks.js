// Marked passages, coloured in the text.
import { colourRanges, spansIn } from "./highlights.js";
import { doc } from "./open-document.js";

/** Colours what is marked in these paragraphs. */
export function colourMarks({ paragraphs }) {
  const ranges = (doc.detail?.marks || []).flatMap(({ start, end }) => paragraphs.flatMap((paragraph) => {
    if (paragraph.isEdited || paragraph.start >= end || paragraph.end <= start) return [];
    const isInside = paragraph.words.map((word, place) => { const middle = word.end == null ? paragraph.starts[place] : (word.start + word.end) / 2; return middle >= start && middle < end; });
    const first = isInside.indexOf(true), last = isInside.lastIndexOf(true);
    return first < 0 ? [] : [paragraph.rangeOfWords(first, last)];
  }));
  colourRanges("marked", ranges, spansIn);
}
