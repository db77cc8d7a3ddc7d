// Find in this transcript, and replace.
import { announce, toast } from "../messages.js";
import { button, element } from "../elements.js";
import { icon, iconButton } from "../icons.js";
import { number, t } from "../i18n.js";
import { colourRanges, spansIn } from "./highlights.js";
import { doc, toastOnDocument } from "./open-document.js";
import { openDialog } from "../dialogs.js";
import { clock } from "../format.js";
import { post } from "../requests.js";

const PAUSE_MILLISECONDS = 120;

export class Find {
  hits = [];
  now = -1;

  /** `onToggle` is told when it opens and closes. */
  constructor(text, onToggle) {
    Object.assign(this, { text, onToggle });
    this.element = element("div", "", "find");
    this.element.setAttribute("role", "search");
    this.element.setAttribute("aria-label", t("document.find"));
    this.element.hidden = true;
    this.input = field(t("document.findWords"));
    this.count = element("span", "", "count");
    this.count.setAttribute("role", "status");
    this.more = button(t("document.replace"), () => this.toggleReplace(), "replace-toggle");
    this.more.setAttribute("aria-expanded", "false");
    this.replacing = element("div", "", "replacing");
    this.replacing.hidden = true;
    this.with = field(t("document.replaceWith"));
    this.with.placeholder = t("document.replaceWith");
    this.matchCase = check("document.matchCase", () => this.search());
    this.wholeWords = check("document.wholeWords", () => this.search());
    this.one = button(t("document.replaceOne"), () => this.replaceOne(), "button");
    this.all = button(t("document.replaceAll"), () => this.replaceEach(), "button");
    const options = element("span", "", "options");
    options.append(this.matchCase.label, this.wholeWords.label);
    this.replacing.append(this.with, options, this.one, this.all);
    this.element.append(
      icon("search"), this.input, this.count, iconButton("up", t("document.previousHit"), () => this.step(-1)), iconButton("down", t("document.nextHit"), () => this.step(1)),
      this.more, iconButton("x", t("document.closeFind"), () => this.close()), this.replacing,
    );
    this.input.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.search(), PAUSE_MILLISECONDS); });
    this.element.addEventListener("keydown", (event) => this.pressed(event));
    doc.addEventListener("closed", () => this.close(false));
  }

  open(words = "") {
    this.before ||= document.activeElement;
    this.element.hidden = false;
    this.onToggle(true);
    if (words) this.input.value = words;
    this.input.select();
    this.input.focus();
    this.search();
  }

  close(withFocus = true) {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.onToggle(false);
    const hit = this.hits[this.now];
    this.show([]);
    if (withFocus) (hit?.paragraph.row || this.before)?.focus?.({ preventScroll: true });
    this.before = null;
  }

  get asked() { return { find: this.input.value, match_case: this.matchCase.input.checked, whole_words: this.wholeWords.input.checked }; }

  /** Where the words stand, from the paragraph in sight on. */
  search() {
    clearTimeout(this.timer);
    this.timer = null;
    const pattern = patternOf(this.asked);
    this.show(pattern ? this.text.paragraphs.flatMap((paragraph) => hitsIn(paragraph, pattern)) : []);
    if (!this.hits.length) return;
    const at = this.hits.findIndex(({ paragraph }) => paragraph.row.getBoundingClientRect().bottom > this.text.place.closest(".scroll").getBoundingClientRect().top);
    this.goTo(Math.max(0, at));
  }

  /** After a change: the hits anew, the same one in sight. */
  refresh() {
    if (this.element.hidden) return;
    const { now } = this, pattern = patternOf(this.asked);
    this.show(pattern ? this.text.paragraphs.flatMap((paragraph) => hitsIn(paragraph, pattern)) : []);
    if (this.hits.length) this.goTo(Math.min(Math.max(0, now), this.hits.length - 1), false);
  }

  show(hits) {
    Object.assign(this, { hits, now: -1 });
    this.paint();
  }

  paint() {
    const { hits, now } = this, hasWords = Boolean(this.input.value);
    colourRanges("hit", hits.filter((_, place) => place !== now).map(({ range }) => range), spansIn);
    colourRanges("hit-now", hits.filter((_, place) => place === now).map(({ range }) => range), spansIn);
    this.count.textContent = !hasWords ? "" : hits.length ? t("document.hits", { now: number(now + 1), n: hits.length }) : t("document.noHits");
    this.one.disabled = this.all.disabled = !hits.length;
  }

  step(by) {
    if (this.hits.length) this.goTo((this.now + by + this.hits.length) % this.hits.length);
  }

  goTo(place, withScroll = true) {
    this.now = place;
    this.paint();
    if (withScroll) this.hits[place].paragraph.row.scrollIntoView({ block: "nearest" });
    if (withScroll) this.hits[place].range.startContainer.parentElement.scrollIntoView({ block: "center" });
  }

  toggleReplace(isOpen = this.replacing.hidden) {
    this.replacing.hidden = !isOpen;
    this.more.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.with.focus();
  }

  async replaceOne() {
    const hit = this.hits[this.now];
    if (!hit) return;
    const { paragraph } = hit, text = paragraph.plain.slice(0, hit.start) + this.with.value + paragraph.plain.slice(hit.end);
    try {
      await doc.edit(() => ({ kind: "words", first: paragraph.first, count: paragraph.count, text }));
      announce(this.count.textContent);
    } catch (error) {
      toast(error.message);
    }
  }

  async replaceEach() {
    await replaceAll({ ...this.asked, with: this.with.value });
    this.input.focus();
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.input && this.timer) this.search();
    else if (event.key === "Enter" && event.target === this.input) this.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter" && event.target === this.with) this.replaceOne();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function field(label) {
  const input = element("input");
  Object.assign(input, { type: "text", dir: "auto", autocomplete: "off", spellcheck: false, ariaLabel: label });
  return input;
}

function check(name, onChange) {
  const label = element("label"), input = element("input");
  input.type = "checkbox";
  input.addEventListener("change", onChange);
  label.append(input, t(name));
  return { label, input };
}

function patternOf({ find, match_case: matchCase, whole_words: wholeWords }) {
  const words = find.trim().replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replace(/\s+/g, "\\s+");
  if (!words) return null;
  return new RegExp(wholeWords ? `(?<![\\p{L}\\p{N}])${words}(?![\\p{L}\\p{N}])` : words, matchCase ? "gu" : "giu");
}

function hitsIn(paragraph, pattern) {
  if (paragraph.isEdited) return [];
  return [...paragraph.plain.matchAll(pattern)].map(({ index: start, 0: { length } }) => (
    { paragraph, start, end: start + length, range: paragraph.rangeOf(start, start + length) }));
}

/** Replaces all at once, after it has shown what would change. `asked`: { find, with, match_case, whole_words }. */
async function replaceAll(asked) {
  const change = { kind: "replace", ...asked };
  try {
    const { count, hits } = await post(`/jobs/${doc.id}/edits/preview`, { ...change, number: doc.number, revision: doc.detail.revision });
    const isWanted = count && await openDialog(t("document.replaceTitle", { n: count }), (body, close) => fill(body, { count, hits }, asked, close));
    if (!isWanted) return;
    await doc.edit(change);
    toastOnDocument(t("document.replaced", { n: count }));
  } catch (error) {
    toast(error.message);
  }
}

function fill(body, { count, hits }, asked, close) {
  const list = element("ul", "", "preview-hits"), footer = element("footer");
  list.tabIndex = 0;
  list.setAttribute("aria-label", t("document.replaceTitle", { n: count }));
  list.append(...hits.map(({ start, before, match, after }) => {
    const row = element("li"), text = element("p");
    text.dir = "auto";
    text.append(before, element("del", match), " ", element("ins", asked.with), after);
    row.append(element("time", start == null ? "" : clock(start)), text);
    return row;
  }));
  if (count > hits.length) list.append(element("li", t("document.moreHits", { n: count - hits.length }), "hint"));
  footer.append(button(t("page.cancel"), () => close(false), "button"), button(t("document.replace"), () => close(true), "button primary"));
  body.append(list, footer);
}
