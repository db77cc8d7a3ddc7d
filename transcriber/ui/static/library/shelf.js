// What of the library is shown, and how: which recordings, in which order, and which of them are selected.
//
// Events of `shelf`: "view" (other recordings, or another order), "selection".
import { language, t } from "../i18n.js";

const ORDER = "library-order", SCOPE = "library-scope";
/** How the list can be sorted; the keys of their names in the section "library". */
export const ORDERS = ["newest", "oldest", "by_title", "longest"];

class Shelf extends EventTarget {
  /** "all", "bin", or the id of a folder. */
  scope = kept(sessionStorage, SCOPE, Number.isInteger) ?? "all";
  order = kept(localStorage, ORDER, (order) => ORDERS.includes(order)) ?? ORDERS[0];
  /** Whether a click selects, instead of opening. */
  isSelecting = false;
  selected = new Set();
  /** From where a selection with Shift reaches. */
  anchor = null;
  /** The recordings that are being dragged. */
  dragged = [];

  show(scope) {
    this.scope = scope;
    keep(sessionStorage, SCOPE, scope);
    this.endSelecting();
    this.tell("view");
  }

  sortBy(order) {
    this.order = order;
    keep(localStorage, ORDER, order);
    this.tell("view");
  }

  startSelecting(ids = []) {
    this.isSelecting = true;
    this.select(ids);
  }

  endSelecting() {
    if (!this.isSelecting) return;
    this.isSelecting = false;
    this.anchor = null;
    this.select([]);
  }

  /** These, and no others. */
  select(ids) {
    this.selected = new Set(ids);
    this.tell("selection");
  }

  toggle(id) {
    const selected = new Set(this.selected);
    if (!selected.delete(id)) selected.add(id);
    Object.assign(this, { isSelecting: true, anchor: id });
    this.select(selected);
  }

  /** All from the last one that was selected to this one, as they stand in `ids`. */
  reach(id, ids) {
    const from = ids.indexOf(this.anchor), to = ids.indexOf(id);
    if (from < 0) { this.toggle(id); return; }
    this.isSelecting = true;
    this.select(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  /** Leaves out what is not there any more. */
  keep(ids) {
    const there = [...this.selected].filter((id) => ids.has(id));
    if (there.length < this.selected.size) this.select(there);
  }

  tell(name) { this.dispatchEvent(new Event(name)); }
}

/** What the browser was given to keep, where it can be used. */
function kept(storage, key, isUsable) {
  try {
    const value = JSON.parse(storage.getItem(key));
    return isUsable(value) ? value : null;
  } catch {
    return null;
  }
}

function keep(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch { /* then it is not kept */ }
}

export const shelf = new Shelf();

// The groups of the list: what is being worked at, then the others by the day on which they were added.
const DAY = 24 * 60 * 60 * 1000;
const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
const COMPARED = {
  newest: (one, other) => addedAt(other) - addedAt(one),
  oldest: (one, other) => addedAt(one) - addedAt(other),
  by_title: (one, other) => collator.compare(one.title, other.title),
  longest: (one, other) => (other.duration || 0) - (one.duration || 0),
};

/** [title, jobs] of each group, in order; the title "" for one without. What is unfinished keeps the order of the queue. */
export function grouped(jobs, order) {
  const open = jobs.filter((job) => job.finished_at === null), ready = open.filter((job) => job.state === "ready");
  const working = open.filter((job) => job.state !== "ready"), rest = jobs.filter((job) => job.finished_at !== null).sort(COMPARED[order]);
  const groups = [[t("library.working"), working], [t("library.not_started"), ready]];
  if (order === "newest" || order === "oldest") groups.push(...byDay(rest));
  else groups.push([working.length || ready.length ? t("library.finished") : "", rest]);
  return groups.filter(([, found]) => found.length);
}

function byDay(jobs) {
  const titleOf = titles(), groups = new Map();
  for (const job of jobs) {
    const title = titleOf(addedAt(job));
    if (!groups.has(title)) groups.set(title, []);
    groups.get(title).push(job);
  }
  return [...groups];
}

/** The function from a time to the title of its group. */
function titles() {
  const today = startOfDay(new Date()), weekday = (new Date(today).getDay() + 6) % 7, monday = startOfDay(new Date(today - weekday * DAY + DAY / 2));
  const lastMonday = startOfDay(new Date(monday - 7 * DAY + DAY / 2)), yesterday = startOfDay(new Date(today - DAY / 2)), months = new Map();
  const year = new Date(today).getFullYear();
  return (time) => {
    if (time >= today) return t("library.today");
    if (time >= yesterday) return t("library.yesterday");
    if (time >= monday) return t("library.this_week");
    if (time >= lastMonday) return t("library.last_week");
    const day = new Date(time), key = 12 * day.getFullYear() + day.getMonth();
    if (!months.has(key)) months.set(key, monthName(day, year));
    return months.get(key);
  };
}

function monthName(day, thisYear) {
  const name = day.toLocaleDateString(language, day.getFullYear() === thisYear ? { month: "long" } : { month: "long", year: "numeric" });
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

const startOfDay = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
const addedAt = (job) => 1000 * job.created_at;
