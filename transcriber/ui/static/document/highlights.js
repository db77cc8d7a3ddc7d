// Ranges of text that are coloured without another element: marks, hits. Where the browser cannot, the words get a class.
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
