// The colours of the people who speak, by the order in which they first speak. A colour never stands without a name.
const COLOURS = 8;

/** The colour, for letters, of the speaker with this place in the order, from 0; "var(--ink-2)" for nobody (−1). */
export const colour = (place) => (place < 0 ? "var(--ink-2)" : `var(--s${(place % COLOURS) + 1})`);

/** The same for a ground behind such letters. */
const tint = (place) => (place < 0 ? "var(--sunk)" : `var(--s${(place % COLOURS) + 1}-tint)`);

/** The names of those who speak in the open document, in their order: as they were told apart, or as its words have them. */
export function speakersOf({ detail, segments }) {
  const voices = detail?.diarization?.voices;
  if (voices?.length) return voices.map(({ speaker }) => speaker);
  return [...new Set(segments.flatMap((segment) => [segment.speaker, ...segment.words.map((word) => word.speaker)]).filter(Boolean))];
}

/** What stands in somebody's face: the number of one without a name, else the first letters of the first and last word. */
function initials(name) {
  const [, number] = name.match(/\D\s(\d{1,2})$/) || [];
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return number || letters.map((word) => word.match(/\p{L}/u)[0]).join("").toLocaleUpperCase() || [...name][0] || "?";
}

/** A round sign of a speaker, beside the name. */
export function face(name, place) {
  const sign = document.createElement("span");
  sign.className = "face";
  sign.setAttribute("aria-hidden", "true");
  paintFace(sign, name, place);
  return sign;
}

export function paintFace(sign, name, place) {
  sign.textContent = initials(name);
  sign.style.color = colour(place);
  sign.style.background = tint(place);
}
