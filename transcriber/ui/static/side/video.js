// The picture of a video, docked in the panel: the one element that plays moves there.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { iconButton } from "../icons.js";
import { player } from "../player/player.js";

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

customElements.define("video-dock", VideoDock);
