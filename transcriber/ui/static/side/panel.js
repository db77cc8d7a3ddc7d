// What is known about the recording that is open, at the right: who speaks, what to check, what is marked, its versions.
import { element } from "../elements.js";
import { doc } from "../document/open-document.js";
import { Checks } from "./checks.js";
import { Details } from "./details.js";
import { Marked } from "./marked.js";
import { togglePanel } from "../shell.js";
import { SpeakersPanel } from "./speakers.js";
import { VersionList } from "./versions.js";
import "./video.js";

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

customElements.define("document-panel", DocumentPanel);
