// On a phone: what keys do elsewhere, while a paragraph is written in.
import { button, element } from "../elements.js";
import { iconButton } from "../icons.js";
import { t } from "../i18n.js";
import { player } from "../player/player.js";
import { chooseSpeaker } from "./speaker-menu.js";

export class TypingBar {
  constructor(correcting) {
    const withCurrent = (act) => () => { if (correcting.current) act(correcting.current); };
    const speaker = button(t("document.speaker"), withCurrent(({ paragraph }) => chooseSpeaker(paragraph, speaker)), "button quiet");
    this.element = element("div", "", "typing");
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", t("document.whileCorrecting"));
    this.element.append(
      iconButton("back5", t("keys.back"), () => player.skip(-5)), iconButton("play", t("keys.play"), () => player.toggle()),
      button(t("document.splitHere"), withCurrent((current) => correcting.split(current)), "button quiet"), speaker, element("span", "", "gap"),
      button(t("page.done"), withCurrent((current) => correcting.finish(current).then(() => current.place.blur())), "button primary"),
    );
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());  // the paragraph keeps the focus
  }
}
