// The words of one transcript: each an element of its own, found by its time.
import { clock } from "./format.js";
import { element } from "./elements.js";

const AT_ONCE = 300;

export class Words {
  constructor(region) {
    this.region = region;
    this.clear();
  }

  clear() {
    this.region.replaceChildren();
    this.count = 0;
    this.starts = [];
    this.elements = [];
    this.spoken = -1;
    this.text = "";
    this.speaker = null;
  }

  /** Appends segments, as they are made; the page answers meanwhile. Resolves to false if all was cleared before. */
  async add(segments) {
    const { elements } = this;
    for (let first = 0; first < segments.length; first += AT_ONCE) {
      if (first) await new Promise((resolve) => setTimeout(resolve));
      if (elements !== this.elements) return false;
      const some = segments.slice(first, first + AT_ONCE), lines = document.createDocumentFragment();
      for (const segment of some) lines.append(...this.lines(segment));
      this.region.append(lines);
      this.count += some.length;
    }
    return true;
  }

  /** A segment's line, below the name of who speaks where that is another than before. */
  lines(segment) {
    const { speaker } = segment, isOther = Boolean(speaker) && speaker !== this.speaker;
    if (isOther) {
      this.text += `${this.text ? "\n\n" : ""}${speaker}: `;
      this.speaker = speaker;
    }
    const line = this.line(segment, isOther);
    if (!isOther) return [line];
    const name = element("p", speaker, "speaker");
    name.dir = "auto";
    return [name, line];
  }

  line(segment, isFirst) {
    const row = element("p", "", "segment"), time = element("time", clock(segment.start)), text = element("span", "", "text");
    text.dir = "auto";
    time.title = `${segment.start.toFixed(2)} s to ${segment.end.toFixed(2)} s`;
    for (const word of segment.words) {
      const made = element("span", word.text, "word"), blank = word.space_before ? " " : "";
      made.dataset.number = this.elements.length;
      this.elements.push(made);
      this.starts.push(word.start ?? segment.start);
      text.append(text.childNodes.length ? blank : "", made);
      this.text += (this.text && !isFirst ? blank : "") + word.text;  // as Transcript.text joins them
      isFirst = false;
    }
    row.append(time, text);
    return row;
  }

  /** Mark the word that is said at `seconds`, and keep it in sight if `follow`. */
  mark(seconds, follow) {
    const number = this.at(seconds);
    if (number === this.spoken) return;
    this.elements[this.spoken]?.classList.remove("spoken");
    this.spoken = number;
    const word = this.elements[number];
    word?.classList.add("spoken");
    if (word && follow) this.reveal(word);
  }

  /** Scrolls the transcript, never the page. */
  reveal(word) {
    const seen = this.region.getBoundingClientRect(), place = word.getBoundingClientRect();
    if (place.top < seen.top || place.bottom > seen.bottom) this.region.scrollTop += place.top - seen.top - seen.height / 3;
  }

  /** The number of the last word that has begun at `seconds`; -1 before the first. */
  at(seconds) {
    let low = 0, high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= seconds + 0.01) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  /** Seconds at which the word that was clicked begins; undefined elsewhere. */
  clicked(event) { return this.starts[event.target.closest(".word")?.dataset.number]; }
}
