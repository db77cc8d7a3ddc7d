// The words of a recording while it is recorded: what is settled never changes, what seems to follow is lighter.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { post } from "../requests.js";

const AGAIN = 1500;

/** What is written of a recording, as it is written. */
export class CaptionFeed {
  /** `onNews` is called with this feed whenever something is new. `asked`: how it is to be written, where this page asks for it;
   * else it reads along. */
  constructor(id, onNews, asked = null) {
    Object.assign(this, { id, onNews, asked, settled: "", unsettled: "", problem: "", isOver: false, end: 0 });
    this.open();
  }

  async open() {
    try {
      // Where the program was started anew, what comes stands behind what is here.
      const { is_new: isNew } = this.asked ? await post(`/recordings/${this.id}/captions`, { ...this.asked, start: this.end, end: null }) : {};
      this.before = isNew && this.settled ? `${this.settled} ` : "";
    } catch (error) {
      if (error.status >= 400 && error.status < 500) { this.tell({ problem: error.message, is_over: true }); return; }
      this.openAgain();
      return;
    }
    if (this.isOver) return;
    this.source = new EventSource(`/recordings/${this.id}/captions`);
    this.source.addEventListener("message", ({ data }) => {
      this.settled = this.before ?? this.settled;  // the first message of a connection has all that this program knows
      this.before = null;
      this.tell(JSON.parse(data));
    });
    // The browser connects again by itself, unless the program knows nothing of these captions any more.
    this.source.addEventListener("error", () => { if (this.source.readyState === EventSource.CLOSED) this.openAgain(); });
  }

  openAgain() {
    if (this.isOver) return;
    Object.assign(this, { unsettled: "", problem: this.asked ? "" : t("captions.none") });
    this.onNews(this);
    this.waiting = setTimeout(() => this.open(), AGAIN);
  }

  tell({ settled = "", unsettled = "", problem, is_over: isOver, end = this.end }) {
    Object.assign(this, { settled: this.settled + settled, unsettled, problem, isOver, end });
    if (isOver) this.close();
    this.onNews(this);
  }

  close() {
    this.isOver = true;
    clearTimeout(this.waiting);
    this.source?.close();
  }
}

/** Shows a feed; its last words stay in sight. */
export class CaptionText {
  constructor() {
    this.element = element("div", "", "caption-text");
    this.settled = element("span");
    this.unsettled = element("span", "", "unsettled");
    this.element.append(this.settled, this.unsettled);
    Object.assign(this.element, { tabIndex: 0, dir: "auto" });
    this.element.setAttribute("role", "log");
    this.element.setAttribute("aria-label", t("captions.title"));
    this.element.setAttribute("aria-live", "off");  // what is said is heard already; a braille display reads it at will
    this.clear();
  }

  clear() { this.show({ settled: "", unsettled: "", problem: "", isOver: false }); }

  show({ settled, unsettled, problem, isOver }) {
    const isAtEnd = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 40;
    if (settled.startsWith(this.settled.textContent) && this.settled.firstChild) {
      this.settled.firstChild.appendData(settled.slice(this.settled.textContent.length));
    } else {
      this.settled.textContent = settled;
    }
    this.unsettled.textContent = unsettled || problem || (settled || isOver ? "" : t("captions.waiting"));
    this.element.classList.toggle("empty", !settled && !unsettled);
    if (isAtEnd) this.element.scrollTop = this.element.scrollHeight;
  }
}
