// What can be done with selected words: a small bar above them.
import { button, element } from "../elements.js";
import { pictured } from "../icons.js";
import { t } from "../i18n.js";
import { isTyping } from "../keyboard.js";
import { copyQuote, loopPassage, markPassage, playPassage, selectedPassage } from "./passage.js";

const MARGIN = 8, ABOVE = 46, BELOW = 10;

export class SelectionBar {
  /** `frame`: the element over which it lies; `hearAgain` gets a passage. */
  constructor(frame, scroll, text, hearAgain) {
    Object.assign(this, { frame, text });
    this.element = element("div", "", "pop");
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", t("document.selection"));
    this.element.hidden = true;
    const act = (what) => () => { if (this.passage) what(this.passage); };
    this.element.append(
      pictured("play", t("document.play"), act(playPassage), ""), pictured("loop", t("document.loop"), act(loopPassage), ""), element("i"),
      pictured("copy", t("document.copyQuote"), act(copyQuote), ""), pictured("flag", t("document.mark"), act(markPassage), ""), element("i"),
      button(t("document.hearAgain"), act((passage) => { this.hide(); hearAgain(passage); })),
    );
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());  // the selection stays
    document.addEventListener("selectionchange", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.update(), 60); });
    addEventListener("pointerup", () => { this.isPressed = false; this.update(); });
    addEventListener("pointercancel", () => { this.isPressed = false; this.update(); });
    addEventListener("keydown", (event) => this.pressed(event), true);
    scroll.addEventListener("pointerdown", () => { this.isPressed = true; });
    scroll.addEventListener("scroll", () => this.place(), { passive: true });
  }

  update() {
    if (this.isPressed || this.element.contains(document.activeElement)) return;
    this.passage = selectedPassage(this.text);
    this.element.hidden = !this.passage;
    this.place();
  }

  /** While words are selected, the key of the loop is for them. */
  pressed(event) {
    if (this.passage && event.key === "Escape") { getSelection().removeAllRanges(); this.hide(); }
    if (!this.passage || isTyping(event.target) || event.key.toLowerCase() !== "r" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    loopPassage(this.passage);
  }

  hide() {
    this.element.hidden = true;
    this.passage = null;
  }

  place() {
    if (!this.passage) return;
    const frame = this.frame.getBoundingClientRect(), boxes = this.passage.range.getClientRects(), first = boxes[0], last = boxes[boxes.length - 1];
    if (!first) { this.hide(); return; }
    const top = first.top - frame.top - ABOVE, isAbove = top > 56;
    this.element.style.left = `${Math.max(MARGIN, Math.min(first.left - frame.left - 10, frame.width - this.element.offsetWidth - MARGIN))}px`;
    this.element.style.top = `${isAbove ? top : Math.min(last.bottom - frame.top + BELOW, frame.height - 56)}px`;
  }
}
