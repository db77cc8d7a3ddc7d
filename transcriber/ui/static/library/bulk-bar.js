// What can be done with all the recordings that are selected.
import { announce } from "../announce.js";
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { iconButton } from "../icons.js";
import { feed } from "../jobs-feed.js";
import * as actions from "./actions.js";
import { openFolderMenu } from "./folders.js";
import { shelf } from "./shelf.js";

export class BulkBar extends HTMLElement {
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
