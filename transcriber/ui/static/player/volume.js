// How loud it plays: a button, and a slider that it opens.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { iconButton } from "../icons.js";
import { settings } from "../settings-feed.js";
import { player } from "./player.js";

export class Volume {
  /** `keep(volume)` is called with what was chosen, 0 to 1. */
  constructor(keep) {
    this.panel = element("div", "", "volume");
    this.range = element("input");
    Object.assign(this.range, { type: "range", min: "0", max: "1", step: "0.05", ariaLabel: t("player.volume") });
    this.panel.popover = "auto";
    this.panel.append(this.range);
    this.button = iconButton("volume", t("player.volume"), () => {}, "desk-only");
    this.button.popoverTargetElement = this.panel;
    this.panel.addEventListener("toggle", (event) => { if (event.newState === "open") this.open(); });
    this.range.addEventListener("input", () => player.setVolume(Number(this.range.value)));
    this.range.addEventListener("change", () => keep(player.volume));
    settings.listen(() => { if (settings.page.volume !== undefined && settings.page.volume !== player.volume) player.setVolume(settings.page.volume); });
  }

  get elements() { return [this.button, this.panel]; }

  open() {
    const { left, width, top } = this.button.getBoundingClientRect();
    Object.assign(this.panel.style, { left: `${Math.min(innerWidth - 176, Math.max(8, left + width / 2 - 84))}px`, top: `${top - 54}px` });
    this.range.focus();
  }

  paint() {
    this.range.value = player.volume;
    this.button.classList.toggle("off", !player.volume);
  }
}
