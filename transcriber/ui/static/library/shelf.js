// What of the library is shown, and how: which recordings, in which order, and which of them are selected.
//
// Events of `shelf`: "view" (other recordings, or another order), "selection".
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
