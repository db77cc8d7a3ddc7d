// The list itself: a row a recording, one tab stop, the arrows inside. Only rows that changed are painted again, and those out
// of sight are laid out when they come into sight (css/library.css); a long list is filled while nothing else is to be done.
import { element, idle, notePaint } from "../elements.js";
import { doc } from "../document/open-document.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { remove } from "./actions.js";
import { bin } from "./bin.js";
import { grouped, shelf } from "./shelf.js";
import { openRowMenu, Row } from "./row.js";
import { onRoute } from "../router.js";

/** What is dragged: recordings of the list. */
export const DRAGGED = "application/x-recordings";
const AT_ONCE = 60, MORE = 150, MINUTE = 60_000;

export class RecordingList extends HTMLElement {
  connectedCallback() {
    this.className = "list";
    this.list = element("ul");
    this.list.setAttribute("aria-label", t("library.jobs"));
    this.none = element("p", "", "none");
    this.append(this.list, this.none);
    Object.assign(this, { rows: new Map(), groups: [], limit: AT_ONCE });
    this.takeEvents();
    shelf.addEventListener("view", () => this.show());
    shelf.addEventListener("selection", () => this.paintSelection());
    bin.addEventListener("change", () => this.paint());
    onRoute(({ view, id }) => { if (view === "recording" && shelf.scope === "bin" && !bin.jobs.some((job) => job.id === id)) shelf.show("all"); });
    for (const name of ["opened", "state", "closed"]) doc.addEventListener(name, () => this.paint());
    setInterval(() => this.paint(), MINUTE);  // the day may be another one
    feed.listen(() => this.paint());
  }

  takeEvents() {
    const on = (name, act) => this.list.addEventListener(name, (event) => act(event, event.target.closest("li")?.row));
    on("keydown", (event, row) => this.press(event, row));
    on("click", (event, row) => this.click(event, row));
    on("focusin", (event, row) => this.stopAt(row));
    on("contextmenu", (event, row) => this.menu(event, row));
    on("dragstart", (event, row) => this.drag(event, row));
    on("remove", ({ detail }) => this.remove(detail));
    on("restore", ({ detail }) => this.restore(detail));
  }

  /** Those that are listed. */
  get jobs() {
    if (shelf.scope === "bin") return bin.jobs;
    return shelf.scope === "all" ? feed.jobs : feed.jobs.filter((job) => job.folder === shelf.scope);
  }

  /** Their ids, as they are listed. */
  get ids() { return this.groups.flatMap(([, jobs]) => jobs.map((job) => job.id)); }

  get shown() { return [...this.list.children].map((item) => item.row); }

  show() {
    this.limit = AT_ONCE;
    this.scrollTop = 0;
    this.paint();
  }

  paint() {
    this.groups = shelf.scope === "bin" ? [["", bin.jobs]] : grouped(this.jobs, shelf.order);
    const all = this.groups.flatMap(([title, jobs]) => jobs.map((job, place) => [job, place ? "" : title]));
    shelf.keep(new Set(this.ids));
    const rows = all.slice(0, this.limit).map(([job, group]) => {
      const row = this.rows.get(job.id) || new Row(job.id, openRowMenu);
      row.paint(job, group, job.id === doc.id);
      return [job.id, row];
    });
    this.rows = new Map(rows);
    this.arrange(rows.map(([, row]) => row.item));
    if (!this.stop || !this.rows.has(this.stop.id)) this.stopAt(this.rows.get(doc.id) || rows[0]?.[1]);
    if (rows.length) notePaint("recordings");
    this.none.textContent = all.length ? "" : this.whyNone();
    if (all.length > this.limit) this.fill();
  }

  whyNone() {
    if (shelf.scope === "bin") return bin.isKnown ? t("library.bin_empty") : "";
    return feed.revision ? t(shelf.scope === "all" ? "library.none" : "library.folder_empty") : "";
  }

  /** Paints more rows once there is time. */
  fill() {
    if (this.isFilling) return;
    this.isFilling = true;
    idle(() => { this.isFilling = false; this.limit += MORE; this.paint(); });
  }

  /** An item that is moved loses the focus, and gets it back. */
  arrange(items) {
    const wanted = new Set(items), held = document.activeElement;
    for (const item of [...this.list.children]) if (!wanted.has(item)) item.remove();
    let place = this.list.firstElementChild;
    for (const item of items) {
      if (item === place) place = place.nextElementSibling; else this.list.insertBefore(item, place);
    }
    if (held !== document.activeElement && held.isConnected) held.focus({ preventScroll: true });
  }

  paintSelection() {
    for (const row of this.rows.values()) row.paintSelection();
    this.stop?.setTabStop(true);
  }

  stopAt(row) {
    if (this.stop && this.stop !== row) this.stop.setTabStop(false);
    this.stop = row;
    row?.setTabStop(true);
  }

  /** The focus comes to the list. */
  enter() { this.focusRow(this.stop); }

  focusRow(row) {
    if (!row) return;
    this.stopAt(row);
    row.focusable.focus();
    row.item.scrollIntoView({ block: "nearest" });
  }

  click(event, row) {
    const isName = event.target === row?.name, isCheck = event.target === row?.check;
    if (!isName && !isCheck) return;
    if (event.shiftKey) shelf.reach(row.id, this.ids);
    else if (isCheck || event.ctrlKey || event.metaKey) shelf.toggle(row.id);
    else if (row.job.removed_at) openRowMenu(row, row.name);
    else return;
    if (isName) event.preventDefault();
    if (shelf.isSelecting) this.focusRow(row);
  }

  menu(event, row) {
    if (!row || row.input) return;
    event.preventDefault();
    openRowMenu(row, event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : row.more);
  }

  /** One that is selected is dragged with the others. */
  drag(event, row) {
    const ids = shelf.selected.has(row.id) ? shelf.selected : new Set([row.id]);
    shelf.dragged = this.jobs.filter((job) => ids.has(job.id));
    event.dataTransfer.setData(DRAGGED, "");
    event.dataTransfer.setData("text/plain", shelf.dragged.map((job) => job.title).join("\n"));
    event.dataTransfer.effectAllowed = "move";
  }

  press(event, row) {
    const rows = this.shown, now = rows.indexOf(row), isCommand = event.ctrlKey || event.metaKey;
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined && !event.altKey) this.step(row, rows[to], event.shiftKey);
    else if (event.key === "F2" && !row.job.removed_at) row.edit();
    else if (event.key === "Delete") this.remove(shelf.selected.has(row.id) ? [...shelf.selected] : [row.id]);
    else if (event.key === "Escape" && shelf.isSelecting) this.endSelecting();
    else if (isCommand && event.key.toLowerCase() === "a") { shelf.startSelecting(this.ids); row.focusable.focus(); }
    else if (event.key === "Enter" && event.target === row.check) row.name.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  endSelecting() {
    shelf.endSelecting();
    this.enter();
  }

  /** To another row; `isReaching`: and select all on the way. */
  step(from, to, isReaching) {
    if (!to) return;
    if (isReaching) {
      shelf.anchor ??= from.id;
      shelf.reach(to.id, this.ids);
    }
    this.focusRow(to);
  }

  remove(ids) { return this.takeAway(ids, () => (shelf.scope === "bin" ? bin.delete(ids) : remove(ids))); }

  restore(ids) { return this.takeAway(ids, () => bin.restore(ids)); }

  /** The focus goes to what stands where these stood. */
  async takeAway(ids, act) {
    const gone = new Set(ids), rows = this.shown, first = rows.findIndex((row) => gone.has(row.id));
    const next = rows.slice(first).find((row) => !gone.has(row.id)) || rows.slice(0, first).findLast((row) => !gone.has(row.id));
    await act();
    shelf.endSelecting();
    if (next?.item.isConnected) this.focusRow(next);
    else if (!this.list.children.length) document.querySelector(".scope .what").focus();
  }
}
