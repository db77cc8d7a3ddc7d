// Searching the names and words of all recordings: the field, and what is found.
import { announce, toast } from "../messages.js";
import { element, arrange } from "../elements.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { shortcut } from "../keyboard.js";
import { get } from "../requests.js";
import { clock } from "../format.js";
import { onRoute, addressOf, route } from "../router.js";

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

/** What a search has found: the recordings, each with the first places where the words are said. */
export class SearchResults extends HTMLElement {
  connectedCallback() {
    this.className = "list found";
    this.hidden = true;
    this.items = new Map();
    this.heading = element("h2");
    this.heading.dir = "auto";
    this.list = element("ul");
    this.list.setAttribute("aria-label", t("library.results"));
    this.append(this.heading, this.list);
    this.list.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("focusin", ({ target }) => this.stopAt(target));
    onRoute(() => this.mark());
  }

  get links() { return [...this.list.querySelectorAll("a")]; }

  /** `found` as SearchBox has it; null hides it. */
  show(found) {
    this.hidden = !found;
    if (!found) return;
    const isOther = found.query !== this.query, held = document.activeElement;
    this.query = found.query;
    if (this.heading.textContent !== found.summary) this.heading.textContent = found.summary;
    this.items = new Map(found.recordings.map((recording) => {
      const shown = JSON.stringify(recording), before = this.items.get(recording.id);
      return [recording.id, before?.shown === shown ? before : { shown, item: result(recording) }];
    }));
    arrange(this.list, [...this.items.values()].map(({ item }) => item));
    if (isOther) this.scrollTop = 0;
    if (held !== document.activeElement && this.contains(held)) held.focus({ preventScroll: true });
    if (!this.list.querySelector("[tabindex='0']") && this.links.length) this.stopAt(this.links[0]);
    this.mark();
  }

  /** The one that is open. */
  mark() {
    const here = addressOf(route.id || "", route.params.t ? { t: route.params.t } : {});
    for (const link of this.list.querySelectorAll(".hit")) {
      if (route.id && link.getAttribute("href") === here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    for (const item of this.list.children) item.firstChild.classList.toggle("open", item.dataset.id === route.id);
  }

  stopAt(link) {
    for (const other of this.links) other.tabIndex = other === link ? 0 : -1;
  }

  enter() { this.links[0]?.focus(); }

  press(event) {
    const { links } = this, now = links.indexOf(event.target);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (to === -1 || event.key === "Escape") this.dispatchEvent(new Event("leave"));
    else links[to]?.focus();
  }
}

function result({ id, title, count, hits }) {
  const item = element("li"), box = element("div", "", "rec"), name = element("a", title, "name");
  item.dataset.id = id;
  name.dir = "auto";
  name.tabIndex = -1;
  name.href = hits.length ? addressTo(id, hits[0]) : addressOf(id);
  box.append(name, element("span", count ? t("library.places", { n: count }) : t("library.in_title"), "len"), ...hits.map((hit) => place(id, hit)));
  item.append(box);
  return item;
}

const addressTo = (id, { start }) => addressOf(id, { t: Math.floor(10 * start) / 10 });

function place(id, hit) {
  const made = element("a", "", "hit"), said = element("span"), match = element("mark", hit.match);
  made.href = addressTo(id, hit);
  said.dir = "auto";
  said.append(hit.before, match, hit.after);
  made.tabIndex = -1;
  made.append(element("time", clock(hit.start)), said);
  return made;
}
