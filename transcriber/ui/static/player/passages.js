// Where in a recording somebody speaks, and who: as the words of its transcript say.

/** What is said at a second: the paragraph, or the next one; null behind the last. */
export function passageAt(segments, seconds) {
  const at = segments.findIndex((segment) => segment.end > seconds);
  if (at < 0) return null;
  let first = at, last = at;
  while (first > 0 && segments[first].starts_paragraph === false) first -= 1;
  while (last + 1 < segments.length && segments[last + 1].starts_paragraph === false) last += 1;
  return { start: segments[first].start, end: segments[last].end };
}

/** Stretches in which one person speaks: { start, end, speaker }, in the order of the words; `speaker` may be null. */
export function turnsOf(segments) {
  const turns = [];
  for (const { words, start, end, speaker } of segments) {
    for (const word of words) {
      const who = word.speaker || speaker || null, begin = word.start ?? start, until = word.end ?? end, last = turns.at(-1);
      if (last?.speaker === who && begin - last.end < 2) last.end = Math.max(last.end, until);
      else turns.push({ start: begin, end: until, speaker: who });
    }
  }
  return turns;
}
