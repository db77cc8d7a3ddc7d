// Captions alone, in large letters on a dark page, to be read across a room: a window of its own beside the one that records.
import { CaptionFeed, CaptionText } from "./captions.js";
import { onRoute } from "../router.js";

class CaptionsView extends HTMLElement {
  connectedCallback() {
    this.text = new CaptionText();
    this.append(this.text.element);
    onRoute(({ view, id }) => { if (view === "captions") this.follow(id); else this.feed?.close(); });
  }

  follow(id) {
    this.feed?.close();
    this.text.clear();
    this.feed = new CaptionFeed(id, (feed) => this.text.show(feed));
  }
}

customElements.define("captions-view", CaptionsView);
