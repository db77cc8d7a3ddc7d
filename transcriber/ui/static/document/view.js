// A recording's transcript, in the middle: the bar above it, its title, its words.
import { element, button } from "../elements.js";
import { t } from "../i18n.js";
import { hearAgain, hole } from "./again.js";
import { transcribeAgain } from "../library/actions.js";
import { Correcting } from "./correcting.js";
import { Find } from "./find.js";
import { Heading } from "./heading.js";
import { bindKeys } from "./keys.js";
import { colourMarks } from "./highlights.js";
import { doc } from "./open-document.js";
import { paragraphOf } from "./paragraph.js";
import { playSeconds, secondsOf, SelectionBar } from "./passage.js";
import { onRoute } from "../router.js";
import { chooseSpeaker } from "./speaker-menu.js";
import { Spoken } from "./spoken.js";
import { Text } from "./text.js";
import { Tools } from "./tools.js";
import { iconButton } from "../icons.js";
import { player, STEP } from "../player/player.js";

/** Seconds around a place that are played with it. */
const BEFORE = 1.2, AFTER = 0.8;

class DocumentView extends HTMLElement {
  connectedCallback() {
    const sheet = element("article", "", "sheet"), turns = element("div", "", "turns");
    this.scroll = element("div", "", "scroll");
    this.scroll.setAttribute("role", "region");
    this.scroll.setAttribute("aria-label", t("document.transcript"));
    this.nothing = element("p", "", "nothing");
    this.text = new Text(turns, () => this.built());
    this.spoken = new Spoken(this.scroll, this.text);
    this.correcting = new Correcting(this.text, this.spoken);
    this.find = new Find(this.text, (isOpen) => this.tools.element.classList.toggle("finding", isOpen));
    this.heading = new Heading(() => transcribeAgain(doc.job));
    this.tools = new Tools(this.find, this.text);
    this.selection = new SelectionBar(this, this.scroll, this.text, (passage) => hearAgain(secondsOf(passage)));
    sheet.append(this.heading.element, turns, this.nothing);
    this.scroll.append(sheet);
    this.subtitles = element("subtitles-view", "", "view");
    this.append(this.tools.element, this.scroll, this.subtitles, this.spoken.back, this.selection.element, new TypingBar(this.correcting).element);
    this.scroll.addEventListener("scroll", () => this.tools.element.classList.toggle("stuck", this.scroll.scrollTop > 8), { passive: true });
    turns.addEventListener("click", (event) => this.clicked(event));
    turns.addEventListener("focusin", (event) => { if (paragraphOf(event.target)) this.text.makeStop(paragraphOf(event.target)); });
    turns.addEventListener("speaker", ({ detail: paragraph }) => chooseSpeaker(paragraph, paragraph.name));
    turns.addEventListener("correct", ({ detail: paragraph }) => this.correcting.beginAtVoice(paragraph));
    bindKeys({ ...this, place: turns });
    this.follow();
    onRoute(({ params }) => this.showAs(params.v));
  }

  /** As text, or as subtitles. */
  showAs(mode) {
    const isText = mode !== "subtitles";
    this.scroll.hidden = !isText;
    this.subtitles.hidden = isText;
    if (!isText) this.find.close(false);
  }

  follow() {
    const on = (names, act) => names.forEach((name) => doc.addEventListener(name, act));
    on(["opened"], () => { this.text.clear(); this.text.build(); });
    on(["grown"], () => this.text.build());
    on(["spliced"], ({ detail }) => this.text.splice(detail));
    on(["changed"], () => { this.text.renamed(); colourMarks(this.text); });
    on(["opened", "grown", "changed", "state"], () => this.paint());
    on(["closed"], () => { this.text.clear(); this.scroll.scrollTop = 0; this.tools.paint(); });
    on(["place"], ({ detail }) => this.goTo(detail));
    on(["missing"], () => this.paintMissing());
  }

  paint() {
    const { job } = doc;
    this.heading.element.hidden = !job;
    this.heading.paint();
    this.tools.paint();
    this.scroll.ariaBusy = String(["queued", "running"].includes(job?.state));
    this.nothing.hidden = !job || doc.segments.length > 0 || !doc.detail;
    this.nothing.textContent = t({ done: "document.noWords", running: "document.soon", queued: "document.soon", receiving: "document.soon" }[job?.state] || "document.notYet");
    this.text.between(this.holes());
  }

  paintMissing() {
    this.text.clear();
    this.heading.element.hidden = true;
    this.nothing.textContent = t("document.missing");
    this.nothing.hidden = false;
  }

  built() {
    if (!this.text.stop?.row.isConnected) this.text.makeStop(this.text.paragraphs[0]);
    this.text.between(this.holes());
    colourMarks(this.text);
    this.find.refresh();
    this.spoken.mark();
  }

  /** A box for each stretch of speech without words; those that are there stay. */
  holes() {
    const known = new Map(this.text.others.map((there) => [`${there.seconds} ${there.end}`, there]));
    return (doc.detail?.checks || []).filter(({ kind }) => kind === "uncovered").map(({ start, end }) => known.get(`${start} ${end}`) || hole(start, end));
  }

  /** Shows a place, and plays it with a little around it. */
  goTo({ start, end, word, isPlayed = false }) {
    const found = word === undefined || word === null ? null : this.text.withWord(word), paragraph = found?.paragraph || this.text.at(start);
    if (!paragraph) return;
    this.text.aim(found);
    const box = this.text.others.find((other) => other.seconds === start)?.row;
    (box || paragraph.spans[found?.place] || paragraph.row).scrollIntoView({ block: "center" });
    this.text.makeStop(paragraph);
    if (!document.activeElement.closest(".side, .dialog, .correcting")) paragraph.row.focus({ preventScroll: true });
    if (isPlayed) playSeconds(Math.max(0, start - BEFORE), end + AFTER);
  }

  clicked(event) {
    const paragraph = paragraphOf(event.target), word = event.target.closest(".word");
    if (!paragraph || !word || paragraph.isEdited || !getSelection().isCollapsed) return;
    this.spoken.play(paragraph.starts[paragraph.placeOf(word)], event.detail);
  }
}

/** On a phone: what keys do elsewhere, while a paragraph is written in. */
class TypingBar {
  constructor(correcting) {
    const withCurrent = (act) => () => { if (correcting.current) act(correcting.current); };
    const speaker = button(t("document.speaker"), withCurrent(({ paragraph }) => chooseSpeaker(paragraph, speaker)), "button quiet");
    this.element = element("div", "", "typing");
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", t("document.whileCorrecting"));
    this.element.append(
      iconButton("back5", t("keys.back"), () => player.skip(-STEP)), iconButton("play", t("keys.play"), () => player.toggle()),
      button(t("document.splitHere"), withCurrent((current) => correcting.split(current)), "button quiet"), speaker, element("span", "", "gap"),
      button(t("page.done"), withCurrent((current) => correcting.finish(current).then(() => current.place.blur())), "button primary"),
    );
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());  // the paragraph keeps the focus
  }
}

customElements.define("document-view", DocumentView);
