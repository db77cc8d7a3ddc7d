// One paragraph as it stands in the document: who speaks and when at its left, its words as elements of their own.
import { button, element } from "../elements.js";
import { clock } from "../format.js";
import { icon, iconButton } from "../icons.js";
import { t } from "../i18n.js";
import { player } from "../player/player.js";
import { colour } from "../side/colours.js";

export class Paragraph {
  /** Of the transcript: the number of its first segment, and of its first word. */
  at = 0;
  first = 0;
  /** Whether somebody writes in it: then `onTaken` is told of other words, and the text is left alone. */
  isEdited = false;
  onTaken = null;

  constructor() {
    this.row = element("div", "", "turn");
    this.row.setAttribute("role", "group");
    this.row.tabIndex = -1;
    this.name = button("", () => this.tell("speaker"), "name");
    this.name.dir = "auto";
    this.name.tabIndex = -1;
    this.play = button("", () => player.play(this.start), "play");
    this.play.tabIndex = -1;
    this.time = element("time");
    this.play.append(icon("play"), this.time);
    this.text = element("p", "", "words");
    this.text.dir = "auto";
    const who = element("div", "", "who");
    const pencil = iconButton("pencil", t("document.correct"), () => this.tell("correct"), "pencil");
    pencil.tabIndex = -1;
    who.append(this.name, pencil, this.play);
    this.row.append(who, this.text);
    this.row.paragraph = this;
  }

  get start() { return this.segments[0].start; }
  get end() { return this.segments.at(-1).end; }
  get speaker() { return this.segments[0].speaker ?? null; }
  get count() { return this.words.length; }

  /** These segments from now on; what is being typed stays. */
  take(segments) {
    if (this.segments?.length === segments.length && segments.every((segment, place) => segment === this.segments[place])) return;
    this.segments = segments;
    this.words = segments.flatMap((segment) => segment.words);
    this.starts = segments.flatMap((segment) => segment.words.map((word) => word.start ?? segment.start));
    this.read();
    this.time.textContent = clock(this.start);
    this.play.setAttribute("aria-label", t("document.playFrom", { time: clock(this.start) }));
    if (this.isEdited) this.onTaken?.(); else this.paint();
  }

  /** `plain`: its text, as the files have it; `letters`: how many of them stand before each word. */
  read() {
    this.plain = "";
    this.letters = this.words.map((word, place) => {
      if (place && word.space_before) this.plain += " ";
      const { length } = this.plain;
      this.plain += word.text;
      return length;
    });
  }

  /** The place of the word that these letters are in, or that follows them. */
  wordOfLetter(letter) {
    const behind = this.letters.findIndex((at) => at > letter), place = behind < 0 ? this.count - 1 : behind - 1;
    return place < this.count - 1 && letter > this.letters[place] + this.words[place].text.length ? place + 1 : Math.max(0, place);
  }

  /** The range of the letters from `start` to `end`, while nobody writes here. */
  rangeOf(start, end) {
    const range = document.createRange(), first = this.wordOfLetter(start), last = this.wordOfLetter(end - 1);
    range.setStart(this.spans[first].firstChild, Math.max(0, start - this.letters[first]));
    range.setEnd(this.spans[last].firstChild, Math.max(0, Math.min(end - this.letters[last], this.words[last].text.length)));
    return range;
  }

  /** The range of the words of these places. */
  rangeOfWords(first, last) { return this.rangeOf(this.letters[first], this.letters[last] + this.words[last].text.length); }

  /** The place of the word that begins at this letter, or behind a blank that stands there; -1 inside of a word. */
  beginningAt(letter) { return this.letters.findIndex((at, place) => at === letter || (at === letter + 1 && this.words[place].space_before)); }

  paint() {
    this.text.textContent = "";
    this.spans = this.words.map((word, place) => {
      const span = element("span", word.text, word.doubtful ? "word unsure" : "word");
      this.text.append(place && word.space_before ? " " : "", span);
      return span;
    });
  }

  /** The name of who speaks, where that is another than before; `place`: of the speaker among all, -1 for nobody known. */
  introduce(name, place, isSame) {
    const label = name ? `${name}, ${clock(this.start)}` : clock(this.start);
    if (this.row.ariaLabel !== label) this.row.ariaLabel = label;
    if (this.name.textContent !== name) this.name.textContent = name;
    this.row.style.setProperty("--c", colour(place));
    this.row.classList.toggle("same", isSame);
    this.name.hidden = !name || isSame;
  }

  /** The place of the word that such an element shows; -1 for another element. */
  placeOf(span) { return this.spans.indexOf(span); }

  /** The place of the last word that has begun at `seconds`; 0 before the first. */
  wordAt(seconds) {
    let low = 0, high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= seconds + 0.01) low = middle + 1; else high = middle;
    }
    return Math.max(0, low - 1);
  }

  tell(name) { this.row.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: this })); }
}

/** The paragraph that an element or a text stands in; undefined outside of them. */
export const paragraphOf = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".turn")?.paragraph;
