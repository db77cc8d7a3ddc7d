// The player, at the foot of the page.
import { button, element } from "../elements.js";
import { clock } from "../format.js";
import { number, t } from "../i18n.js";
import { icon, iconButton } from "../icons.js";
import { settings } from "../settings-feed.js";
import { player, RATES, STEP } from "./player.js";
import { Wave } from "./wave.js";
import { doc } from "../document/open-document.js";
import { shortcut } from "../keyboard.js";
import { passageAt } from "./passages.js";

const ZOOMED_SECONDS = 60;

class PlayerBar extends HTMLElement {
  connectedCallback() {
    this.wave = new Wave();
    this.trouble = element("p", "", "player-trouble");
    this.trouble.setAttribute("role", "status");
    this.sound = element("div", "", "sound");
    this.append(this.trouble, this.transport(), this.wave.box, this.extras(), this.sound);
    player.addEventListener("media", () => { if (player.media?.localName === "audio") this.sound.replaceChildren(player.media); });
    player.addEventListener("state", () => this.paint());
    player.addEventListener("time", () => this.tick());
    player.addEventListener("trouble", () => this.say());
    this.wave.box.addEventListener("zoom", () => this.paint());
    settings.listen(() => this.paint());
    this.tick();
  }

  transport() {
    const group = element("div", "", "transport");
    this.main = button("", () => player.toggle(), "main");
    this.now = element("b");
    this.whole = element("span");
    const place = element("span", "", "clock num");
    place.append(this.now, this.whole);
    group.append(iconButton("back5", t("player.back"), () => player.skip(-STEP)), this.main, iconButton("fwd5", t("player.forward"), () => player.skip(STEP)), place);
    return group;
  }

  extras() {
    const group = element("div", "", "extras");
    this.rate = element("select", "", "rate num");
    this.rate.setAttribute("aria-label", t("player.pace"));
    this.rate.append(...RATES.map((rate) => new Option(`${number(rate, rate % 0.5 ? 2 : rate % 1 ? 1 : 0)} ×`, rate)));
    this.rate.addEventListener("change", () => { player.setRate(Number(this.rate.value)); this.rate.blur(); });
    this.zoom = iconButton("zoom", t("player.zoom"), () => this.wave.zoom(this.wave.isZoomed ? Infinity : ZOOMED_SECONDS), "desk-only");
    this.loop = iconButton("loop", t("player.loop"), toggleLoop, "desk-only");
    this.follow = iconButton("follow", t("player.follow"), () => this.keep({ follow: !settings.page.follow }), "desk-only");
    this.volume = new Volume((volume) => this.keep({ volume }));
    group.append(this.rate, this.zoom, this.loop, this.follow, ...this.volume.elements);
    return group;
  }

  /** Keeps a choice for the next recording, too. */
  async keep(changed) {
    try {
      await settings.change(changed);
    } catch (error) {
      player.say(error.message);
    }
  }

  paint() {
    const { isPlaying } = player, label = t(isPlaying ? "player.pause" : "player.play");
    if (this.main.ariaLabel !== label) {
      Object.assign(this.main, { ariaLabel: label, title: label });
      this.main.replaceChildren(icon(isPlaying ? "pause" : "play"));
    }
    this.rate.value = String(player.rate);
    this.loop.ariaPressed = String(Boolean(player.looped));
    this.follow.ariaPressed = String(settings.page.follow !== false);
    this.zoom.ariaPressed = String(this.wave.isZoomed && Boolean(player.media));
    this.volume.paint();
    this.tick();
  }

  tick() {
    this.now.textContent = clock(player.time);
    this.whole.textContent = player.duration ? ` / ${clock(player.duration)}` : "";
  }

  /** What keeps it from being played, or from being played well. */
  say() {
    const { trouble } = player;
    this.trouble.textContent = ["preparing", "not_played"].includes(trouble) ? t(`player.${trouble}`) : trouble;
  }
}

/** How loud it plays: a button, and a slider that it opens. */
class Volume {
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

/** Plays what is said at the place again and again, or no longer. */
function toggleLoop() {
  if (player.looped) { player.loop(null); return; }
  const passage = passageAt(doc.segments, player.time);
  if (passage) player.loop(passage.start, passage.end);
}

const ifThere = (act) => () => { if (!player.media) return false; act(); return true; };
shortcut(["Space", "K"], "listening", "play", ifThere(() => player.toggle()), { shown: "Space · K", typing: true });
shortcut(["J"], "listening", "back", ifThere(() => player.skip(-STEP)), { typing: true });
shortcut(["L"], "listening", "forward", ifThere(() => player.skip(STEP)), { typing: true });
shortcut(["<"], "listening", "slower", ifThere(() => player.pace(-1)), { typing: true });
shortcut([">"], "listening", "faster", ifThere(() => player.pace(1)), { typing: true });
shortcut(["R"], "listening", "loop", ifThere(toggleLoop), { typing: true });

customElements.define("player-bar", PlayerBar);
