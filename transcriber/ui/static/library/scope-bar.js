// Above the list: which recordings it shows, selecting several, and its order.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { iconButton, pictured } from "../icons.js";
import { feed } from "../jobs-feed.js";
import { openMenu } from "../menus.js";
import { move } from "./actions.js";
import { deleteFolder, folderOf, newFolder, renameFolder } from "./folders.js";
import { ORDERS, shelf } from "./shelf.js";

/** What is dragged: recordings of the list. */
export const DRAGGED = "application/x-recordings";

export class ScopeBar extends HTMLElement {
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
