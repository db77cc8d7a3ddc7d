// The field in which names and words of all recordings are searched.
import { announce } from "../announce.js";
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { shortcut } from "../keyboard.js";
import { get } from "../requests.js";
import { toast } from "../toast.js";

const MILLISECONDS = 200, PENDING_MILLISECONDS = 1000, MOST = 60, PLACES = 3;

/** Event "found": `found` is { query, summary, recordings }, as GET /search has them; null while nothing is searched. */
export class SearchBox extends HTMLElement {
  found = null;

  connectedCallback() {
    this.className = "search";
    this.setAttribute("role", "search");
    this.input = element("input");
    Object.assign(this.input, { type: "search", placeholder: t("library.search"), autocomplete: "off", spellcheck: false, dir: "auto" });
    this.input.setAttribute("aria-label", t("library.search"));
    this.append(icon("search"), this.input, element("kbd", "/"));
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    shortcut(["/"], "places", "search", () => this.open());
    // These the list has itself (recordings.js).
    shortcut(["Delete"], "places", "remove", () => false, { shown: "Del" });
    shortcut(["Shift+ArrowDown"], "places", "reach", () => false, { shown: "⇧ ↑ · ⇧ ↓" });
  }

  /** Also where the list is not in sight. */
  open() {
    document.querySelector(".app").dataset.pane = "library";
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.input.value = "";
    this.wait();
  }

  press(event) {
    if (event.key === "Escape" && this.input.value) this.clear();
    else if (event.key === "ArrowDown" || event.key === "Enter") this.dispatchEvent(new CustomEvent("enter", { detail: event.key }));
    else return;
    event.preventDefault();
  }

  wait() {
    clearTimeout(this.timer);
    const query = this.input.value.trim();
    if (query) this.timer = setTimeout(() => this.search(query), MILLISECONDS); else this.tell(null);
  }

  async search(query) {
    try {
      const { recordings, total, pending } = await get(`/search?q=${encodeURIComponent(query)}&limit=${MOST}&hits=${PLACES}`);
      if (query !== this.input.value.trim()) return;
      const summary = t(total ? "library.found" : "library.found_none", { n: total, query });
      if (this.found?.summary !== summary) announce(summary);
      this.tell({ query, summary, recordings });
      if (pending) this.timer = setTimeout(() => this.search(query), PENDING_MILLISECONDS);
    } catch (error) {
      toast(error.message);
    }
  }

  tell(found) {
    this.found = found;
    this.dispatchEvent(new Event("found"));
  }
}
