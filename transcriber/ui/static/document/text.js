// All paragraphs of the open document, kept in step with its segments: built in slices, so that the page answers meanwhile,
// and changed only where they change.
import { notePaint } from "../elements.js";
import { t } from "../i18n.js";
import { speakersOf } from "../side/colours.js";
import { doc } from "./open-document.js";
import { Paragraph } from "./paragraph.js";

/** Segments that are built before the page may answer. */
const AT_ONCE = 250;

export class Text {
  /** `place`: the element that holds the paragraphs; `onBuilt` is called after every change. */
  constructor(place, onBuilt) {
    Object.assign(this, { place, onBuilt });
    this.clear();
  }

  clear() {
    this.place.replaceChildren();
    Object.assign(this, { stop: null, target: null });
    /** `built`: how many segments of the document stand here. */
    Object.assign(this, { paragraphs: [], built: 0, others: [] });
  }

  /** Builds what is missing; resolves when all is there. */
  build() {
    this.building ||= this.addAll().finally(() => { this.building = null; });
    return this.building;
  }

  async addAll() {
    while (this.built < doc.segments.length) {
      this.add(doc.segments.slice(this.built, this.built + AT_ONCE));
      notePaint("words");
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  add(segments) {
    const groups = grouped(segments), last = this.paragraphs.at(-1), from = this.paragraphs.length;
    if (last && segments[0].starts_paragraph === false) last.take([...last.segments, ...groups.shift()]);
    const made = groups.map((group) => { const paragraph = new Paragraph(); paragraph.take(group); return paragraph; });
    this.paragraphs.push(...made);
    this.built += segments.length;
    this.number(Math.max(0, from - 1));
    this.place.append(...made.map(({ row }) => row));
    this.onBuilt();
  }

  /** Some segments are others now. The elements stay where they can: one of them may have the focus. */
  splice({ first, removed, segments }) {
    if (first > this.built) return;
    if (first + removed > this.built) { this.clear(); this.build(); return; }
    this.built += segments.length - removed;
    const { paragraphs } = this;
    let begin = paragraphs.findLastIndex(({ at }) => at <= first), end = begin;
    if (begin < 0) begin = end = 0;
    while (end < paragraphs.length && paragraphs[end].at < first + removed) end += 1;
    const from = paragraphs[begin]?.at ?? 0, behind = paragraphs[end]?.at ?? this.built - segments.length + removed;
    let until = behind - removed + segments.length;
    if (begin && doc.segments[from]?.starts_paragraph === false) { begin -= 1; }
    while (end < paragraphs.length && doc.segments[until]?.starts_paragraph === false) { until += paragraphs[end].segments.length; end += 1; }
    this.replace(begin, end, grouped(doc.segments.slice(paragraphs[begin]?.at ?? 0, until)));
    this.onBuilt();
  }

  /** These groups of segments in place of some paragraphs. One that begins at the same time stays the same. */
  replace(begin, end, groups) {
    const { paragraphs } = this, old = paragraphs.slice(begin, end), free = new Set(old), next = paragraphs[end]?.row || null;
    const same = groups.map((group) => { const found = old.find((one) => free.has(one) && one.start === group[0].start); free.delete(found); return found; });
    const isKept = same.map((found, place) => found || old[place]);
    const kept = groups.map((group, place) => {
      const paragraph = same[place] || (free.delete(isKept[place]) ? isKept[place] : new Paragraph());
      paragraph.take(group);
      return paragraph;
    });
    const isFocused = [...free].some(({ row }) => row.contains(document.activeElement));
    free.forEach(({ row }) => row.remove());
    kept.reduceRight((behind, { row }) => { if (!row.isConnected || !isBefore(row, behind)) this.place.insertBefore(row, behind); return row; }, next);
    paragraphs.splice(begin, end - begin, ...kept);
    this.number(begin);
    if (isFocused) (this.paragraphs[begin + kept.length - 1] || this.paragraphs[begin] || this.paragraphs.at(-1))?.row.focus();
  }

  /** Counts segments and words anew from a paragraph on, and says who speaks. */
  number(from) {
    const speakers = speakersOf(doc);
    let before = this.paragraphs[from - 1], at = before ? before.at + before.segments.length : 0, first = before ? before.first + before.count : 0;
    for (const paragraph of this.paragraphs.slice(from)) {
      Object.assign(paragraph, { at, first });
      this.introduce(paragraph, before, speakers);
      at += paragraph.segments.length;
      first += paragraph.count;
      before = paragraph;
    }
  }

  introduce(paragraph, before, speakers) {
    const { speaker } = paragraph, name = speaker || (speakers.length ? t("document.nobody") : "");
    paragraph.introduce(name, speakers.indexOf(speaker), Boolean(name && before && before.speaker === speaker));
  }

  /** Names or their order have changed. */
  renamed() { this.number(0); }

  /** Gives a paragraph the focus: all of them are one tab stop. */
  focus(paragraph) {
    this.makeStop(paragraph);
    paragraph.row.focus({ preventScroll: true });
    paragraph.row.scrollIntoView({ block: "nearest" });
  }

  /** Frames the word that somebody looks at; null: none. */
  aim(target) {
    this.target?.paragraph.spans[this.target.place]?.classList.remove("target");
    this.target = target;
    target?.paragraph.spans[target.place]?.classList.add("target");
  }

  /** Brings the paragraph with this segment into sight. */
  reveal(segment) { this.paragraphs.findLast(({ at }) => at <= segment)?.row.scrollIntoView({ block: "nearest" }); }

  /** The one at which the tab key stops. */
  makeStop(paragraph) {
    if (this.stop && this.stop !== paragraph) this.stop.row.tabIndex = -1;
    this.stop = paragraph;
    if (paragraph) paragraph.row.tabIndex = 0;
  }

  /** The last paragraph that has begun at `seconds`, or the first. */
  at(seconds) {
    let low = 0, high = this.paragraphs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.paragraphs[middle].start <= seconds + 0.01) low = middle + 1; else high = middle;
    }
    return this.paragraphs[Math.max(0, low - 1)];
  }

  /** The paragraph with the word of this number, and the place of the word in it. */
  withWord(number) {
    const paragraph = this.paragraphs.findLast(({ first }) => first <= number);
    return paragraph && { paragraph, place: number - paragraph.first };
  }

  /** Elements that stand between paragraphs, each before the first that begins after its `seconds`. */
  between(others) {
    const rows = this.paragraphs.map(({ row }) => row);
    this.others.filter((old) => !others.some(({ row }) => row === old.row)).forEach(({ row }) => row.remove());
    for (const { row, seconds } of others) {
      const next = rows[this.paragraphs.findIndex(({ start }) => start > seconds)] || null;
      if (row.nextSibling !== next || !row.isConnected) this.place.insertBefore(row, next);
    }
    this.others = others;
  }
}

const isBefore = (row, behind) => !behind || Boolean(row.compareDocumentPosition(behind) & Node.DOCUMENT_POSITION_FOLLOWING);

/** Segments in paragraphs, as the program says where they begin. */
function grouped(segments) {
  const groups = [];
  for (const segment of segments) {
    if (segment.starts_paragraph === false && groups.length) groups.at(-1).push(segment); else groups.push([segment]);
  }
  return groups;
}
