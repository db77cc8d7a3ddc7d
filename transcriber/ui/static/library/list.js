// The library, at the left: searching, what the list shows, the list, and what can be done with those that are selected.
import * as actions from "./actions.js";
import { element } from "../elements.js";
import { BinNote } from "./bin.js";
import { DRAGGED, RecordingList } from "./recordings.js";
import { SearchBox, SearchResults } from "./search.js";
import { shelf, ORDERS } from "./shelf.js";
import { t } from "../i18n.js";
import { iconButton, pictured } from "../icons.js";
import { feed } from "../jobs-feed.js";
import { openMenu } from "../menus.js";
import { move } from "./actions.js";
import { deleteFolder, folderOf, newFolder, renameFolder, openFolderMenu } from "./folders.js";
import { announce } from "../messages.js";

class LibraryList extends HTMLElement {
  connectedCallback() {
    const search = element("search-box"), scope = element("scope-bar"), note = element("bin-note"), recordings = element("recording-list"), results = element("search-results"), bulk = element("bulk-bar");
    this.append(search, scope, note, recordings, results, bulk);
    search.addEventListener("found", () => {
      shelf.endSelecting();
      results.show(search.found);
      for (const part of [scope, recordings]) part.toggleAttribute("data-aside", Boolean(search.found));
    });
    search.addEventListener("enter", () => (search.found ? results.enter() : recordings.enter()));
    results.addEventListener("leave", () => search.open());
    bulk.addEventListener("remove", ({ detail }) => recordings.remove(detail));
    bulk.addEventListener("restore", ({ detail }) => recordings.restore(detail));
    bulk.addEventListener("end", () => recordings.endSelecting());
  }
}

/** Above the list: which recordings it shows, selecting several, and its order. */
class ScopeBar extends HTMLElement {
  connectedCallback() {
    this.className = "scope";
    this.name = element("span");
    this.name.dir = "auto";
    this.what = pictured("down", "", () => this.openScopes(), "what");
    this.what.prepend(this.name);
    this.selecting = iconButton("select", t("library.select_several"), () => (shelf.isSelecting ? shelf.endSelecting() : shelf.startSelecting()));
    this.sort = iconButton("sort", "", () => this.openOrders());
    for (const opener of [this.what, this.sort]) opener.setAttribute("aria-haspopup", "menu");
    this.append(this.what, this.selecting, this.sort);
    this.takeDrags();
    for (const name of ["view", "selection"]) shelf.addEventListener(name, () => this.paint());
    feed.listen(() => this.paint());
  }

  paint() {
    if (typeof shelf.scope === "number" && feed.revision && !folderOf(shelf.scope)) shelf.show("all");  // deleted in another tab
    const text = { all: t("library.all"), bin: t("library.bin") }[shelf.scope] ?? folderOf(shelf.scope)?.name ?? "";
    if (this.name.textContent !== text) this.name.textContent = text;
    this.selecting.setAttribute("aria-pressed", String(shelf.isSelecting));
    this.sort.title = t("library.sorted", { how: t(`library.${shelf.order}`) });
    this.sort.setAttribute("aria-label", this.sort.title);
    this.sort.hidden = shelf.scope === "bin";
  }

  openOrders() {
    openMenu(this.sort, ORDERS.map((order) => ({ text: t(`library.${order}`), checked: order === shelf.order, act: () => shelf.sortBy(order) })), t("library.sort"));
  }

  openScopes() {
    const folder = folderOf(shelf.scope), entry = (scope, text, shape, drop) => ({ text, icon: shape, checked: shelf.scope === scope, act: () => shelf.show(scope), drop });
    openMenu(this.what, [
      entry("all", t("library.all"), "mark"),
      ...feed.folders.map(({ id, name }) => entry(id, name, "folder", () => this.drop(id))),
      entry("bin", t("library.bin"), "bin"),
      null,
      { text: t("library.new_folder"), icon: "plus", act: () => this.create() },
      ...(folder ? [
        { text: t("library.rename_folder"), icon: "pencil", act: () => renameFolder(folder) },
        { text: t("library.delete_folder"), icon: "x", act: () => deleteFolder(folder) },
      ] : []),
    ], t("library.shown"));
  }

  async create() {
    const id = await newFolder();
    if (id) shelf.show(id);
  }

  /** Whoever drags recordings here finds the folders open. */
  takeDrags() {
    this.what.addEventListener("dragenter", (event) => {
      if (event.dataTransfer.types.includes(DRAGGED) && this.what.getAttribute("aria-expanded") !== "true") this.openScopes();
    });
  }

  drop(folder) { move(shelf.dragged, folder); }
}

/** What can be done with all the recordings that are selected. */
class BulkBar extends HTMLElement {
  connectedCallback() {
    this.className = "bulk";
    this.setAttribute("role", "toolbar");
    this.setAttribute("aria-label", t("library.selected_ones"));
    this.count = element("strong");
    const move = iconButton("folder", t("library.move"), () => openFolderMenu(move, this.ids));
    const remove = (name) => iconButton("bin", name, () => this.tell("remove"));
    const save = iconButton("export", t("library.export"), () => actions.exportThem(this.jobs));
    this.listed = [save, move, iconButton("loop", t("library.all_again"), () => this.again()), remove(t("library.remove"))];
    this.binned = [iconButton("undo", t("library.restore"), () => this.tell("restore")), remove(t("library.delete"))];
    this.append(this.count, ...this.listed, ...this.binned, iconButton("x", t("page.done"), () => this.tell("end")));
    for (const name of ["selection", "view"]) shelf.addEventListener(name, () => this.paint());
    this.paint();
  }

  get ids() { return [...shelf.selected]; }

  get jobs() { return feed.jobs.filter((job) => shelf.selected.has(job.id)); }

  again() {
    actions.transcribe(this.jobs);
    this.tell("end");
  }

  /** The list does it, and knows where the focus goes. */
  tell(name) { this.dispatchEvent(new CustomEvent(name, { detail: this.ids })); }

  paint() {
    const text = t("library.selected", { n: shelf.selected.size }), isBin = shelf.scope === "bin";
    if (shelf.isSelecting && text !== this.count.textContent) announce(text);
    this.hidden = !shelf.isSelecting;
    this.count.textContent = text;
    for (const [buttons, isHidden] of [[this.listed, isBin], [this.binned, !isBin]]) {
      for (const button of buttons) Object.assign(button, { hidden: isHidden, disabled: !shelf.selected.size });
    }
  }
}

// Says to those who do not see the list what has come to an end there.
const SAID = { done: "library.said_done", failed: "library.said_failed" };
let working = new Set();

feed.listen(() => {
  for (const { id, state, title } of feed.jobs) if (working.has(id) && SAID[state]) announce(t(SAID[state], { name: title }));
  working = new Set(feed.jobs.filter(({ state }) => ["queued", "running"].includes(state)).map(({ id }) => id));
});

const PARTS = { "search-box": SearchBox, "scope-bar": ScopeBar, "bin-note": BinNote, "recording-list": RecordingList, "search-results": SearchResults, "bulk-bar": BulkBar, "library-list": LibraryList };
for (const [name, part] of Object.entries(PARTS)) customElements.define(name, part);
