// The recording that is open: its transcript as the program has it, kept up to date, and changed through it alone.
//
// Events of `doc`: "opened" (another recording or version: read everything), "grown" (more segments, from detail.first on),
// "spliced" (detail: { first, removed, segments }), "changed" (something else of `detail`), "state" (its job), "closing"
// (another one comes: keep what is not kept), "closed", "missing", "place" (show it: see goTo).
import { feed } from "../jobs-feed.js";
import { t } from "../i18n.js";
import { get, post, sendJson } from "../requests.js";
import { addressOf, go } from "../router.js";
import { dismiss, toast } from "../messages.js";

const EDITABLE = new Set(["revision", "can_undo", "can_redo", "can_undo_speakers", "edits", "edited_at", "marks", "checks", "diarization", "source"]);

/** Segments; where more are others, the document is built anew, in slices. */
const MOST_CHANGED = 500;

class OpenDocument extends EventTarget {
  /** How often it was changed here; the last known revision of each transcript, by "ID number". */
  changes = 0;
  revisions = new Map();
  isOriginal = false;

  constructor() {
    super();
    this.close();
    feed.listen(() => this.update());
  }

  /** Show the recording `id`; `number`: of one of its transcripts, 0 for the unfinished one, null for the program's choice;
   * `isOriginal`: as it was heard, without what was corrected. */
  show(id, number = null, isOriginal = false) {
    if (id === this.id && number === this.asked && isOriginal === this.isOriginal) return;
    if (this.id) this.tell("closing");
    Object.assign(this, { id, asked: number, isOriginal, source: null, detail: null, segments: [], seen: null, job: null });
    this.update();
    if (!this.job && id) this.refresh();
  }

  close() {
    if (this.id) this.tell("closing");
    Object.assign(this, { id: null, asked: null, source: null, detail: null, segments: [], seen: null, job: null });
    this.tell("closed");
  }

  /** Which transcript is shown. */
  get number() { return this.detail?.number ?? null; }

  update() {
    const job = feed.jobs.find(({ id }) => id === this.id), now = job && JSON.stringify(job);
    if (!job || now === this.seen) return;
    Object.assign(this, { job, seen: now });
    this.tell("state");
    this.refresh();
  }

  /** Asks for what is new; one request at a time. */
  refresh() {
    this.isStale = true;
    this.fetching ||= this.fetchAll().finally(() => { this.fetching = null; });
    return this.fetching;
  }

  async fetchAll() {
    try {
      while (this.isStale) {
        this.isStale = false;
        await this.fetch();
      }
    } catch (error) {
      this.seen = null;  // the feed tells of the trouble, and of its end
      if (error.status !== 404) return;
      if (this.asked !== null) { setTimeout(() => go(addressOf(this.id), { replace: true })); return; }  // there is no such version
      this.tell("closed");
      this.tell("missing");
    }
  }

  async fetch() {
    const { id, asked, isOriginal, source, changes } = this, from = source ? this.segments.length : 0;
    if (!id) return;
    const ask = (start) => get(`/jobs/${id}?start=${start}${asked === null ? "" : `&number=${asked}`}${isOriginal ? "&edits=false" : ""}`);
    let detail = await ask(from);
    const isAnother = detail.source !== source;
    if (isAnother && from) detail = await ask(0);
    if (id !== this.id || asked !== this.asked || isOriginal !== this.isOriginal || source !== this.source || changes !== this.changes) { this.isStale = true; return; }
    const { segments, ...rest } = detail;
    Object.assign(this, { source: detail.source, detail: rest });
    if (isOriginal) Object.assign(this.detail, { can_undo: false, can_redo: false });
    else if ("revision" in rest) this.revisions.set(`${id} ${rest.number}`, rest.revision);
    if (isAnother && this.segments.length) this.become(segments);
    else if (isAnother) this.open(segments);
    else this.grow(segments);
  }

  open(segments) {
    this.segments = segments;
    this.tell("opened");
  }

  grow(segments) {
    const first = this.segments.length;
    this.segments.push(...segments);
    this.tell(segments.length ? "grown" : "changed", { first });
  }

  /** The same document as it is now: changed where it is another, for somebody may be reading or writing in it. */
  become(segments) {
    const splice = difference(this.segments, segments);
    if (splice.segments.length > MOST_CHANGED) { this.open(segments); return; }
    this.segments.splice(splice.first, splice.removed, ...splice.segments);
    if (splice.removed || splice.segments.length) this.tell("spliced", splice);
    this.tell("changed");
  }

  /** One change of the transcript, as POST /jobs/ID/edits takes it, or what returns it when its turn comes: words may have
   * other numbers by then. Resolves to the program's answer. Throws with a sentence. */
  edit(change) { return this.ask("edits", change); }

  undo() { return this.ask("undo", {}, false); }

  redo() { return this.ask("redo", {}, false); }

  /** A change of who speaks, as POST /jobs/ID/speakers takes it. */
  changeSpeakers(change) { return this.ask("speakers", change, false); }

  /** One after the other: each is made for the transcript as the one before it leaves it. */
  ask(what, change, isRevised = true) {
    if (this.isOriginal) return Promise.reject(new Error(t("document.readOnly")));
    const { id, number } = this, isShown = () => id === this.id && number === this.number;
    this.asking = (this.asking || Promise.resolve()).catch(() => {}).then(async () => {
      try {
        const asked = typeof change === "function" ? change() : change;
        const answer = await post(`/jobs/${id}/${what}`, { ...asked, number, ...(isRevised ? { revision: this.revisions.get(`${id} ${number}`) } : {}) });
        if ("revision" in answer) this.revisions.set(`${id} ${number}`, answer.revision);
        if (isShown()) await this.take(answer);
        return answer;
      } catch (error) {
        if (error.status === 409 && isShown()) await this.reload();
        throw error;
      }
    });
    return this.asking;
  }

  async take({ splice, segments, ...rest }) {
    this.changes += 1;
    if (!splice) { await this.reload(); return; }
    for (const [name, value] of Object.entries(rest)) if (EDITABLE.has(name)) this.detail[name] = value;
    if ("source" in rest) this.source = rest.source;
    this.segments.splice(splice.first, splice.removed, ...splice.segments);
    this.tell("spliced", splice);
    this.tell("changed");
  }

  /** All of it anew. */
  reload() {
    this.source = null;
    return this.refresh();
  }

  /** Show another version, and remember that it is the one. */
  async choose(number) {
    this.tell("closing");
    await sendJson("PUT", `/jobs/${this.id}/version`, { number });
    this.asked = null;
    await this.reload();
  }

  /** Has the view show a place: { start, end } in seconds, `word` its number if it is one; `isPlayed`: and play it. */
  goTo(place) { this.tell("place", place); }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

/** What makes one list of segments another. */
function difference(old, now) {
  const most = Math.min(old.length, now.length), isAlike = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  let first = 0, behind = 0;
  while (first < most && isAlike(old[first], now[first])) first += 1;
  while (behind < most - first && isAlike(old.at(-1 - behind), now.at(-1 - behind))) behind += 1;
  return { first, removed: old.length - first - behind, segments: now.slice(first, now.length - behind) };
}

export const doc = new OpenDocument();

/** Says a sentence on a change of the open document, with a way back: doc.undo(), unless there is another; `options` as toast()
 * takes them. It goes when there is another document, or the next change: the last change is then not the one that it tells of. */
export function toastOnDocument(text, { undo = () => doc.undo().catch((error) => toast(error.message)), ...options } = {}) {
  const { changes } = doc, note = toast(text, { undo, ...options });
  const end = () => {
    dismiss(note);
    doc.removeEventListener("closing", end);
    doc.removeEventListener("changed", look);
  };
  const look = () => { if (doc.changes !== changes) end(); };
  doc.addEventListener("closing", end);
  doc.addEventListener("changed", look);
}
