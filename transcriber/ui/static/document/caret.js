// Where the caret is in a paragraph's text, counted in letters from its beginning.

/** { start, end } of what is selected in `place`; null where the selection is elsewhere. */
export function selectionIn(place) {
  const selection = getSelection();
  if (!selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!place.contains(range.startContainer) || !place.contains(range.endContainer)) return null;
  return { start: lettersBefore(place, range.startContainer, range.startOffset), end: lettersBefore(place, range.endContainer, range.endOffset) };
}

function lettersBefore(place, node, offset) {
  const before = document.createRange();
  before.selectNodeContents(place);
  before.setEnd(node, offset);
  return before.toString().length;
}

/** Selects these letters. */
export function select(place, { start, end = start }) {
  getSelection().setBaseAndExtent(...pointAt(place, start), ...pointAt(place, end));
}

/** The range of these letters. */
export function rangeIn(place, start, end) {
  const range = document.createRange();
  range.setStart(...pointAt(place, start));
  range.setEnd(...pointAt(place, end));
  return range;
}

/** [node, offset] of a letter; the end for one behind all. */
function pointAt(place, letter) {
  const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  let left = letter, node = null;
  while (texts.nextNode()) {
    node = texts.currentNode;
    if (left <= node.length) return [node, left];
    left -= node.length;
  }
  return node ? [node, node.length] : [place, 0];
}

/** Whether the caret is on the first (`isUp`) or the last line of `place`. */
export function isAtEdge(place, isUp) {
  const caret = getSelection().getRangeAt(0).getClientRects()[0], box = place.getBoundingClientRect();
  if (!caret) return true;
  const style = getComputedStyle(place), line = parseFloat(style.lineHeight);
  return isUp ? caret.top - box.top - parseFloat(style.paddingTop) < line : box.bottom - caret.bottom - parseFloat(style.paddingBottom) < line;
}
