// What is known about the recording that is open, at the right: who speaks, what to check, what is marked, its versions.
import { element } from "../elements.js";
import { doc } from "../document/open-document.js";
import { Checks } from "./checks.js";
import { Marked } from "./marked.js";
import { togglePanel } from "../shell.js";
import { SpeakersPanel } from "./speakers.js";
import { VersionList } from "./versions.js";
import { bytes, clock, title } from "../format.js";
import { icon, iconButton } from "../icons.js";
import { languageName, number, t } from "../i18n.js";
import { player } from "../player/player.js";

class DocumentPanel extends HTMLElement {
  connectedCallback() {
    this.parts = [new SpeakersPanel(), new Checks(), new Marked(), new VersionList(), new Details()];
    this.append(element("video-dock"), ...this.parts.map((part) => part.section));
    document.addEventListener("pointerdown", ({ target }) => { if (this.isSheet && !target.closest(".side, .tools, .dialog, .menu, .toast, .player")) togglePanel(false); });
    this.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.isSheet && !event.defaultPrevented) togglePanel(false); });
    for (const name of ["opened", "grown", "changed", "closed"]) doc.addEventListener(name, () => this.paint());
    doc.addEventListener("state", () => { if (!this.hadJob) this.paint(); });
    this.paint();
  }

  /** Whether the panel lies over the document now, instead of beside it. */
  get isSheet() { return innerWidth <= 1180 && document.querySelector(".app").dataset.side === "open"; }

  paint() {
    this.hadJob = Boolean(doc.job);
    this.parts.forEach((part) => part.paint());
  }
}

/** How a transcript was made, for those who want to know. */
class Details {
  constructor() {
    this.section = element("section");
    this.section.setAttribute("aria-label", t("panel.details"));
    const details = element("details"), summary = element("summary", t("panel.details"));
    summary.append(icon("right"));
    this.facts = element("dl", "", "facts");
    this.notes = element("ul", "", "notes");
    details.append(summary, this.facts, this.notes);
    this.section.append(details);
  }

  paint() {
    const { detail, job } = doc;
    this.section.hidden = !detail || !job;
    if (!detail || !job) return;
    this.facts.replaceChildren(...facts(detail, job).flatMap(([name, value]) => { const given = element("dd", value); given.dir = "auto"; return [element("dt", t(`panel.facts.${name}`)), given]; }));
    this.notes.replaceChildren(...(detail.notes || []).map((note) => element("li", note)));
  }
}

function facts(detail, job) {
  const { coverage, elapsed, duration } = detail, isMade = Boolean(elapsed && duration);
  const size = job.size == null ? job.name : `${job.name}, ${bytes(job.size)}`;
  return [
    ["model", detail.model && title(detail.model)],
    ["language", detail.language && languageName(detail.language)],
    ["covered", coverage?.speech ? `${number(100 * (1 - coverage.uncovered.reduce((sum, [start, end]) => sum + end - start, 0) / coverage.speech), 1)} %` : ""],
    ["took", isMade && t(detail.device?.startsWith("cuda") ? "panel.onGpu" : "panel.onCpu", { time: elapsed < 90 ? `${number(elapsed)} s` : clock(elapsed) })],
    ["speed", isMade && t("panel.rtfx", { n: duration / elapsed })],
    ["length", duration && clock(duration)],
    ["computed", detail.compute_type],
    ["file", size],
  ].filter(([, value]) => value);
}

/** The picture of a video, docked in the panel: the one element that plays moves there. */
class VideoDock extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "group");
    this.ariaLabel = t("player.video");
    this.caption = element("p", "", "caption");
    this.caption.dir = "auto";
    this.window = iconButton("window", t("player.window"), () => this.part());
    this.window.hidden = !document.pictureInPictureEnabled;
    this.append(this.caption, this.window);
    player.addEventListener("media", () => this.paint());
    this.paint();
  }

  paint() {
    this.hidden = player.media?.localName !== "video";
    this.caption.textContent = "";
    if (this.hidden) return;
    player.media.addEventListener("click", () => player.toggle());
    this.prepend(player.media);
  }

  /** Into a window that stays above all others, and back. */
  async part() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await player.media.requestPictureInPicture().catch((error) => player.say(error.message));
  }
}

customElements.define("document-panel", DocumentPanel);
customElements.define("video-dock", VideoDock);
