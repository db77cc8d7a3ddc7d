// The bar above the document: what is done with the whole of it.
import { element } from "../elements.js";
import { icon, iconButton } from "../icons.js";
import { t } from "../i18n.js";
import { addressOf, go, onRoute, route } from "../router.js";
import { getText } from "../requests.js";
import { togglePanel } from "../shell.js";
import { toast, announce } from "../messages.js";
import { doc } from "./open-document.js";

export class Tools {
  constructor(find, text) {
    this.text = text;
    this.element = element("div", "", "tools");
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", t("document.tools"));
    this.undo = iconButton("undo", t("document.undo"), () => this.turn("undo"));
    this.redo = iconButton("redo", t("document.redo"), () => this.turn("redo"));
    this.kept = element("span", "", "kept");
    this.kept.append(icon("check"), element("span", t("document.kept")));
    this.copy = iconButton("copy", t("document.copy"), () => this.copyText());
    this.panel = iconButton("panel", t("document.panel"), () => { togglePanel(); this.paint(); }, "desk-only side-toggle");
    this.find = iconButton("search", t("document.find"), () => find.open(), "find-open");
    this.modes = this.chooseMode();
    this.asSubtitles = iconButton("captions", t("document.subtitles"), () => this.show(isSubtitles() ? "text" : "subtitles"), "phone-only");
    this.rule = rule();
    this.element.append(
      iconButton("left", t("document.all"), () => go("#/"), "phone-only"), this.undo, this.redo, rule(), this.modes, this.asSubtitles, this.rule,
      this.find, find.element, element("span", "", "gap"), this.kept, this.copy,
    );
    this.element.append(element("export-button"), iconButton("people", t("document.panel"), () => togglePanel(), "phone-only"), this.panel);
    onRoute(() => this.paint());
    addEventListener("resize", () => this.paint());
  }

  chooseMode() {
    const group = element("span", "", "mode desk-only");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", t("document.showAs"));
    for (const mode of ["text", "subtitles"]) {
      const choice = element("button", t(`document.${mode}`));
      Object.assign(choice, { type: "button", role: "radio" });
      choice.dataset.mode = mode;
      choice.addEventListener("click", () => this.show(mode));
      choice.addEventListener("keydown", ({ key }) => { if (key.startsWith("Arrow")) { this.show(mode === "text" ? "subtitles" : "text"); group.querySelector("[tabindex='0']").focus(); } });
      group.append(choice);
    }
    return group;
  }

  show(mode) { go(addressOf(doc.id, { ...route.params, v: mode === "subtitles" ? mode : undefined })); }

  paint() {
    const { detail } = doc, mode = isSubtitles() ? "subtitles" : "text";
    this.undo.disabled = !detail?.can_undo;
    this.redo.disabled = !detail?.can_redo;
    this.find.hidden = this.rule.hidden = mode === "subtitles";
    this.asSubtitles.ariaPressed = String(mode === "subtitles");
    this.copy.disabled = !doc.segments.length;
    this.panel.setAttribute("aria-pressed", String(getComputedStyle(document.querySelector(".side") || this.panel).display !== "none"));
    for (const choice of this.modes.children) {
      choice.ariaChecked = String(choice.dataset.mode === mode);
      choice.tabIndex = choice.dataset.mode === mode ? 0 : -1;
    }
  }

  /** Undo or redo, one after the other. */
  turn(way) {
    this.turning = (this.turning || Promise.resolve()).then(() => this.turnOnce(way));
    return this.turning;
  }

  async turnOnce(way) {
    if (!doc.detail?.[`can_${way}`]) return;
    try {
      const { splice } = await doc[way]();
      announce(t(`document.${way === "undo" ? "undone" : "redone"}`));
      this.text.reveal(splice?.first);
    } catch (error) {
      toast(error.message);
    }
  }

  async copyText() {
    try {
      await navigator.clipboard.writeText((await getText(`/jobs/${doc.id}/transcript.txt?number=${doc.number ?? ""}`)).trimEnd());
      toast(t("document.copied"));
    } catch (error) {
      toast(error.status === undefined ? t("document.notCopied") : error.message);
    }
  }
}

const isSubtitles = () => route.params.v === "subtitles";
const rule = () => element("span", "", "rule desk-only");
