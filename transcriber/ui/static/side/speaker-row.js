// One of those who speak: a name that is written in place, how long and where. Dropped on another, it is the same person. It stays
// the same element while its voice changes, so that the focus stays where it is.
import { button, element } from "../elements.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { iconButton } from "../icons.js";
import { openMenu } from "../menus.js";
import { colour, face, paintFace } from "./colours.js";

const DOUBTFUL = 0.3;  // of 1: below, a voice may as well be a part of another's, or two
const DRAGGED = "application/x-speaker", SVG = "http://www.w3.org/2000/svg";

export class SpeakerRow {
  constructor(panel) {
    this.panel = panel;
    this.item = element("li", "", "speaker");
    this.face = face("", 0);
    this.face.draggable = true;
    this.input = element("input", "", "name");
    Object.assign(this.input, { autocomplete: "off", spellcheck: false, maxLength: 100, dir: "auto" });
    this.share = element("span", "", "share num");
    this.more = iconButton("more", "", () => this.openMenu());
    this.more.ariaHasPopup = "menu";
    this.lane = document.createElementNS(SVG, "svg");
    this.path = document.createElementNS(SVG, "path");
    this.lane.setAttribute("class", "lane");
    this.lane.setAttribute("viewBox", "0 0 1000 1");
    this.lane.setAttribute("preserveAspectRatio", "none");
    this.lane.setAttribute("aria-hidden", "true");
    this.lane.append(this.path);
    this.doubt = element("p", t("speakers.doubt"), "hint");
    this.suggestion = button("", () => panel.ask({ names: { [this.voice.speaker]: this.voice.suggestion } }), "button suggestion");
    this.item.append(this.face, this.input, this.share, this.more, this.lane, this.doubt, this.suggestion);
    this.listen();
    this.listenToDrags();
  }

  listen() {
    const { input } = this;
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      if (event.key === "Escape") input.value = this.voice.speaker;
      this.rename();
      input.select();
    });
    input.addEventListener("change", () => this.rename());
    input.addEventListener("blur", () => { if (!this.asked) input.value = this.voice.speaker; });
  }

  listenToDrags() {
    const { item } = this, isSpeaker = (event) => event.dataTransfer.types.includes(DRAGGED);
    this.face.addEventListener("dragstart", (event) => { event.dataTransfer.setData(DRAGGED, this.voice.speaker); event.dataTransfer.setDragImage(item, 20, 20); });
    item.addEventListener("dragover", (event) => { if (isSpeaker(event)) { event.preventDefault(); item.classList.add("onto"); } });
    for (const name of ["dragleave", "drop"]) item.addEventListener(name, () => item.classList.remove("onto"));
    item.addEventListener("drop", (event) => {
      if (!isSpeaker(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const other = event.dataTransfer.getData(DRAGGED);
      if (other !== this.voice.speaker) this.panel.join(other, this.voice.speaker);
    });
  }

  edit() {
    this.input.focus();
    this.input.select();
  }

  rename() {
    const name = this.input.value.trim();
    if (!name) this.input.value = this.voice.speaker;
    if (!name || name === this.voice.speaker || name === this.asked) return;
    this.asked = name;
    this.panel.rename(this, name).then(() => {
      this.asked = null;
      if (document.activeElement !== this.input) this.input.value = this.voice.speaker;  // also of one that was refused
    });
  }

  openMenu() {
    const { speaker } = this.voice, others = this.panel.names.filter((name) => name !== speaker);
    openMenu(this.more, [
      { text: t("speakers.rename"), icon: "pencil", act: () => this.edit() },
      { text: t("speakers.two"), icon: "people", act: () => this.panel.split(speaker) },
      ...(others.length ? [null, t("speakers.same")] : []),
      ...others.map((name) => ({ text: name, act: () => this.panel.join(speaker, name) })),
    ], this.more.ariaLabel);
  }

  /** `place`: in the order of all; `turns`: of all, in a recording of so many `seconds`. */
  paint(voice, place, turns, seconds) {
    const isWritten = document.activeElement === this.input && this.input.value !== this.voice?.speaker;
    this.voice = voice;
    if (!isWritten) this.input.value = voice.speaker;
    this.input.ariaLabel = t("speakers.nameOf", { name: voice.speaker });
    paintFace(this.face, voice.speaker, place);
    this.item.style.setProperty("--c", colour(place));
    this.share.textContent = clock(voice.seconds);
    this.share.title = t("speakers.speaks", { time: clock(voice.seconds) });
    this.more.ariaLabel = this.more.title = t("speakers.more", { name: voice.speaker });
    this.doubt.hidden = voice.quality === null || voice.quality >= DOUBTFUL;
    this.suggestion.hidden = !voice.suggestion;
    this.suggestion.textContent = t("speakers.yes", { name: voice.suggestion });
    const own = turns.filter(({ speaker }) => speaker === voice.speaker), scale = 1000 / (seconds || 1);
    this.path.setAttribute("d", own.map(({ start, end }) => `M${(start * scale).toFixed(1)} 0h${Math.max(1.5, (end - start) * scale).toFixed(1)}v1H${(start * scale).toFixed(1)}z`).join(""));
  }
}
