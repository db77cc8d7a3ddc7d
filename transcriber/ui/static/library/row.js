// One recording in the list: its title and length, a line about it, and what can be done with it behind a button.
import * as actions from "./actions.js";
import { element } from "../elements.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { icon, iconButton } from "../icons.js";
import { addressOf } from "../router.js";
import { rename } from "./actions.js";
import { secondLine, shareOf } from "./row-text.js";
import { shelf } from "./shelf.js";
import { feed } from "../jobs-feed.js";
import { openMenu } from "../menus.js";
import { openFolderMenu } from "./folders.js";

export class Row {
  /** `onMenu(row, anchor)` opens its menu. */
  constructor(id, onMenu) {
    this.id = id;
    this.item = element("li");
    this.item.row = this;
    this.heading = element("h2");
    this.box = element("div", "", "rec");
    this.tick = element("span", "", "tick");
    this.check = element("input");
    this.check.type = "checkbox";
    this.tick.append(this.check, icon("check"));
    this.name = element("a", "", "name");
    this.name.dir = "auto";
    this.name.draggable = false;
    this.length = element("span", "", "len");
    this.more = iconButton("more", t("library.more"), () => onMenu(this, this.more), "more");
    this.more.setAttribute("aria-haspopup", "menu");
    this.meta = element("div", "", "meta");
    this.bar = element("progress");
    this.bar.setAttribute("aria-label", t("library.progress"));
    this.box.append(this.tick, this.name, this.length, this.meta, this.bar, this.more);
    this.box.draggable = true;
    this.item.append(this.heading, this.box);
    this.setTabStop(false);
  }

  /** What has the focus for this row: its name, or its check box while several are selected. */
  get focusable() { return shelf.isSelecting ? this.check : this.input || this.name; }

  /** `group`: the title of the group that it begins, else "". Only what differs is touched. */
  paint(job, group, isCurrent) {
    this.paintHeading(group);
    if (isCurrent) this.name.setAttribute("aria-current", "page"); else this.name.removeAttribute("aria-current");
    this.paintSelection();
    if (job === this.job) return;
    this.job = job;
    this.item.dataset.state = job.state;
    this.paintLink(!job.removed_at);
    this.name.textContent = job.title;
    this.name.title = job.title;
    this.check.setAttribute("aria-label", t("library.select", { name: job.title }));
    this.length.textContent = job.duration ? clock(job.duration) : "";
    this.meta.replaceChildren(...secondLine(job));
    const share = shareOf(job);
    this.bar.hidden = share === undefined;
    if (typeof share === "number") this.bar.value = share; else this.bar.removeAttribute("value");
  }

  /** What lies in the bin is not opened; its name opens its menu. */
  paintLink(isOne) {
    if (isOne) this.name.href = addressOf(this.id); else this.name.removeAttribute("href");
    if (isOne) this.name.removeAttribute("role"); else this.name.setAttribute("role", "button");
  }

  paintHeading(group) {
    if (this.heading.textContent !== group) this.heading.textContent = group;
    this.heading.hidden = !group;
  }

  paintSelection() {
    const isOn = shelf.selected.has(this.id);
    this.box.classList.toggle("on", isOn);
    this.check.checked = isOn;
    this.tick.hidden = !shelf.isSelecting;
  }

  /** Whether Tab comes to this row. */
  setTabStop(isOne) {
    for (const part of [this.name, this.check, this.more]) part.tabIndex = -1;
    if (isOne) for (const part of [this.focusable, this.more]) part.tabIndex = 0;
  }

  /** The list does it, and knows where the focus goes. */
  tell(name) { this.item.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: [this.id] })); }

  /** Renames in place: Enter keeps, Escape leaves it as it was. */
  edit() {
    if (this.input) return;
    const input = this.input = element("input", "", "name");
    Object.assign(input, { value: this.job.title, dir: "auto", autocomplete: "off", spellcheck: false });
    input.setAttribute("aria-label", t("library.title_of", { name: this.job.title }));
    const end = (isKept) => {
      if (this.input !== input) return;
      const hadFocus = input === document.activeElement, title = input.value.trim();
      this.input = null;
      input.replaceWith(this.name);
      if (hadFocus) this.name.focus();
      if (isKept && title !== this.job.title) rename(this.job, title);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      end(event.key === "Enter");
    });
    input.addEventListener("blur", () => end(true));
    this.name.replaceWith(input);
    input.focus();
    input.select();
  }
}

// The menu of a recording in the list.
const isFirst = (job) => feed.jobs.find((other) => other.state === "queued")?.id === job.id;

/** Opens it at `anchor`, an element or a point. */
export function openRowMenu(row, anchor) {
  const entries = shelf.scope === "bin" ? binned(row) : listed(row, anchor);
  openMenu(anchor, entries.filter((entry) => entry !== false), t("library.menu_of", { name: row.job.title }));
}

function listed(row, anchor) {
  const { job } = row;
  return [
    { text: t("library.rename"), icon: "pencil", act: () => row.edit() },
    { text: t("library.move"), icon: "folder", act: () => openFolderMenu(anchor, [job.id]) },
    job.has_transcript && { text: t("library.export"), icon: "export", act: () => actions.exportThem([job]) },
    job.state === "ready" && { text: t("library.transcribe"), icon: "loop", act: () => actions.transcribe([job]) },
    job.state !== "ready" && actions.isAtRest(job) && { text: t("library.again"), icon: "loop", act: () => actions.transcribeAgain(job) },
    job.state === "queued" && !isFirst(job) && { text: t("library.do_next"), icon: "up", act: () => actions.doNext(job) },
    ["queued", "running"].includes(job.state) && { text: t(job.state === "running" ? "library.stop" : "library.cancel"), icon: "x", isDisabled: job.is_stopping, act: () => actions.stop(job) },
    { text: t("library.select_more"), icon: "select", act: () => { shelf.toggle(job.id); row.focusable.focus(); } },
    null,
    { text: t("library.remove"), icon: "bin", act: () => row.tell("remove") },
  ];
}

function binned(row) {
  return [
    { text: t("library.restore"), icon: "undo", act: () => row.tell("restore") },
    { text: t("library.select_more"), icon: "select", act: () => { shelf.toggle(row.id); row.focusable.focus(); } },
    null,
    { text: t("library.delete"), icon: "bin", act: () => row.tell("remove") },
  ];
}
