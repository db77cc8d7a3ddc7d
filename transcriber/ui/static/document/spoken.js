// The word that is spoken now: marked, and kept in sight while it is followed. Whoever scrolls away is left there.
import { pictured } from "../icons.js";
import { t } from "../i18n.js";
import { rangeIn } from "./caret.js";
import { colourRanges } from "./highlights.js";
import { player } from "../player/player.js";
import { settings } from "../settings-feed.js";

/** Of the height: where the spoken word is put when it has left the sight, and between what it stays. */
const AIM = 0.3, LOWEST = 0.8;

export class Spoken {
  /** `scroll`: the element that scrolls; `text`: its paragraphs. */
  constructor(scroll, text) {
    Object.assign(this, { scroll, text, paragraph: null, span: null, isAway: false });
    this.back = pictured("follow", t("document.back"), () => { this.isAway = false; this.reveal(); }, "button back-to-word");
    this.back.hidden = true;
    player.addEventListener("time", () => this.mark());
    player.addEventListener("state", () => this.offer());
    settings.listen(() => this.offer());
    for (const name of ["wheel", "touchmove"]) scroll.addEventListener(name, () => this.leave(), { passive: true });
    scroll.addEventListener("pointerdown", (event) => { if (event.target === scroll) this.leave(); });
    scroll.addEventListener("keydown", ({ key }) => { if (["PageUp", "PageDown", "Home", "End"].includes(key)) this.leave(); });
  }

  /** Marks what is spoken at the player's time. */
  mark() {
    const paragraph = player.time > 0 || player.isPlaying ? this.text.at(player.time) : null;
    const span = paragraph && !paragraph.isEdited ? paragraph.spans[paragraph.wordAt(player.time)] : null;
    if (paragraph !== this.paragraph) {
      this.paragraph?.row.classList.remove("now");
      paragraph?.row.classList.add("now");
    }
    if (span !== this.span) {
      this.span?.classList.remove("now");
      span?.classList.add("now");
    }
    if (paragraph?.isEdited || this.isInWritten) colourRanges("spoken", paragraph?.isEdited ? voiceIn(paragraph) : [], () => []);
    this.isInWritten = Boolean(paragraph?.isEdited);
    const hasMoved = paragraph !== this.paragraph || span !== this.span;
    Object.assign(this, { paragraph, span });
    if (hasMoved && player.isPlaying && settings.page.follow !== false && !this.isAway) this.reveal();
    if (hasMoved) this.offer();
  }

  /** Plays the word that was clicked. Of a double click the second finds out what was so before. */
  play(seconds, clicks) {
    if (clicks < 2) this.wasPlaying = player.isPlaying;
    this.rejoin();
    player.play(seconds);
  }

  leave() {
    if (!player.isPlaying) return;
    this.isAway = true;
    this.offer();
  }

  /** Follow again, from wherever it is. */
  rejoin() {
    this.isAway = false;
    this.offer();
  }

  offer() {
    if (!player.isPlaying) this.isAway = false;
    this.back.hidden = !this.isAway || settings.page.follow === false;
  }

  /** Scrolls the document, never the page. */
  reveal() {
    const target = this.span?.isConnected ? this.span : this.paragraph?.row;
    if (!target || target.closest("[contenteditable]")) return;
    const seen = this.scroll.getBoundingClientRect(), place = target.getBoundingClientRect();
    if (place.top < seen.top + 8 || place.bottom > seen.top + LOWEST * seen.height) this.scroll.scrollTop += place.top - seen.top - AIM * seen.height;
    this.offer();
  }
}

/** The range of the spoken word in a paragraph that is written in; none where it was written otherwise. */
function voiceIn(paragraph) {
  const { plain, letters, words, text } = paragraph, place = paragraph.wordAt(player.time), written = text.textContent, most = Math.min(plain.length, written.length);
  const start = letters[place], end = start + (words[place]?.text.length ?? 0);
  let before = 0, behind = 0;
  while (before < most && plain[before] === written[before]) before += 1;
  if (end <= before) return [rangeIn(text, start, end)];
  while (behind < most - before && plain.at(-1 - behind) === written.at(-1 - behind)) behind += 1;
  const moved = written.length - plain.length;
  return start >= plain.length - behind ? [rangeIn(text, start + moved, end + moved)] : [];
}
