// The frame: the list at the left, what is open in the middle, its panel at the right, the player below. On a phone one of
// them at a time. Which view is in the middle, the address says (router.js).
import { element, idle } from "./elements.js";
import { feed } from "./jobs-feed.js";
import { iconButton, icon, pictured } from "./icons.js";
import { t } from "./i18n.js";
import { go, onRoute } from "./router.js";
import { get } from "./requests.js";
import { doc } from "./document/open-document.js";
import { player } from "./player/player.js";
import { settings } from "./settings-feed.js";

/** The elements of the views in the middle, by their names in the address. */
const VIEWS = { add: "add-view", recording: "document-view", models: "models-view", settings: "settings-view", help: "help-view", captions: "captions-view" };
/** What is not there from the beginning: it is fetched when it is to be shown, or when nothing else is to be done. */
const LATER = {
  add: () => import("./add/view.js"),
  subtitles: () => import("./subtitles/view.js"),
  models: () => import("./models/view.js"),
  settings: () => import("./settings/view.js"),
  help: () => import("./help/view.js"),
  captions: () => import("./add/captions-view.js"),
};

export class TranscribeApp extends HTMLElement {
  connectedCallback() {
    this.className = "app";
    this.append(this.library(), this.middle(), this.panel(), this.playing());
    onRoute((route) => this.show(route));
    doc.addEventListener("state", () => { player.show(doc.job); this.entitle(); });
    doc.addEventListener("closed", () => player.show(null));
    feed.listen(() => { this.trouble.textContent = feed.problem; });
    this.status();
    idle(() => Object.keys(LATER).forEach((name) => this.fetch(name)), { timeout: 1000 });
  }

  library() {
    const pane = element("nav", "", "lib"), header = element("header"), brand = element("a", "", "brand"), footer = element("footer");
    pane.setAttribute("aria-label", t("page.recordings"));
    brand.href = "#/";
    brand.append(icon("mark"), "Transcribe");
    header.append(brand, pictured("plus", t("page.add"), () => go("#/add"), "button primary desk-only"));
    this.offline = element("span", "", "offline");
    footer.append(this.offline, ...[["models", "models"], ["settings", "gear"], ["help", "help"]].map(([view, shape]) => iconButton(shape, t(`page.${view}`), () => go(`#/${view}`))));
    const fab = pictured("plus", t("page.add"), () => go("#/add"), "button primary fab");
    pane.append(header, element("library-list"), footer, fab);
    return pane;
  }

  middle() {
    const main = element("main", "", "doc");
    this.banner = element("p", "", "banner");
    this.trouble = element("p", "", "trouble-bar");
    this.trouble.setAttribute("role", "alert");
    this.views = Object.fromEntries(Object.entries(VIEWS).map(([name, tag]) => [name, element(tag, "", "view")]));
    main.id = "main";
    main.tabIndex = -1;
    this.back = iconButton("left", t("document.all"), () => go("#/"), "phone-only back");
    main.append(this.back, this.banner, this.trouble, element("adding-troubles", "", "trouble-bar"), ...Object.values(this.views));
    return main;
  }

  panel() {
    const side = element("aside", "", "side");
    side.setAttribute("aria-label", t("page.panel"));
    side.append(element("document-panel"));
    return side;
  }

  playing() {
    const region = element("section", "", "player");
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", t("page.player"));
    region.append(element("player-bar"));
    return region;
  }

  show({ view, id, params }) {
    this.fetch(params.v === "subtitles" ? params.v : view);
    this.dataset.view = view;
    this.back.hidden = view === "recording";
    this.dataset.pane = location.hash.length > 2 ? "middle" : "library";
    for (const [name, shown] of Object.entries(this.views)) shown.hidden = name !== view;
    if (view === "recording") doc.show(id, params.n === undefined ? null : Number(params.n), params.original === "1"); else doc.close();
    if (view === "recording" && params.t) player.seek(Number(params.t) || 0);
    this.entitle();
  }

  /** While the program does not answer, the feed says so; then it is tried again. */
  async fetch(name) {
    try {
      await LATER[name]?.();
    } catch {
      setTimeout(() => this.fetch(name), 2000);
    }
  }

  /** The tab is called by what it shows. */
  entitle() {
    const { view } = this.dataset, shown = view === "recording" ? doc.job?.title || doc.job?.name : view !== "add" && t(`page.${view}`);
    document.title = shown ? `${shown} · Transcribe` : "Transcribe";
  }

  /** Whether the models are demo models, and how the engine is kept from the network. */
  async status() {
    const { is_demo: isDemo, offline } = await get("/status").catch(() => ({}));
    this.banner.textContent = isDemo ? t("page.demo") : "";
    this.offline.replaceChildren(icon("shield"), t("page.offline"));
    this.offline.title = offline || "";
  }
}

/** Opens or closes the panel at the right. */
export function togglePanel(isOpen = document.querySelector(".app").dataset.side !== "open") {
  document.querySelector(".app").dataset.side = isOpen ? "open" : "closed";
}

// Light or dark: as the system is, or as was chosen.
const dark = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const { theme } = settings.page;
  document.documentElement.dataset.theme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
}

export function startTheme() {
  dark.addEventListener("change", paint);
  settings.listen(paint);
}
