// The bin: recordings that were taken off the list, until they go for good.
import { confirmed } from "../dialogs.js";
import { button, element } from "../elements.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { get, post } from "../requests.js";
import { toast } from "../messages.js";
import { act } from "./actions.js";
import { shelf } from "./shelf.js";

/** What lies in it, as GET /bin has it; asked for while it is shown. Event: "change". */
class Bin extends EventTarget {
  days = 0;
  jobs = [];
  isKnown = false;

  constructor() {
    super();
    shelf.addEventListener("view", () => this.refresh());
    feed.listen(() => this.refresh());
  }

  async refresh() {
    if (shelf.scope !== "bin") { this.seen = null; return; }
    if (this.seen === feed.revision) return;
    this.seen = feed.revision;
    const found = await get("/bin").catch(() => null);
    if (!found) return;
    Object.assign(this, found, { isKnown: true });
    this.dispatchEvent(new Event("change"));
  }

  /** Resolves, once what was done is seen, to whether it could be done. */
  async act(request) {
    const isDone = await act(request);
    this.seen = null;
    await this.refresh();
    return isDone;
  }

  async restore(ids) {
    const name = this.nameOf(ids);
    if (await this.act(() => post("/jobs/restore", { ids }))) toast(t("library.restored", { n: ids.length, name }));
  }

  nameOf(ids) { return this.jobs.find((job) => job.id === ids[0])?.title; }

  /** For good, after asking. */
  async delete(ids) {
    const isWanted = await confirmed(t("library.delete_question", { n: ids.length, name: this.nameOf(ids) }), t("library.delete"));
    if (isWanted) await this.act(() => post("/bin/empty", { ids }));
  }
}

export const bin = new Bin();

/** What is said above the bin's content, and how it is emptied. */
export class BinNote extends HTMLElement {
  connectedCallback() {
    this.className = "bin-note";
    this.text = element("span");
    this.empty = button(t("library.empty_bin"), () => bin.delete(bin.jobs.map((job) => job.id)), "button quiet");
    this.append(this.text, this.empty);
    shelf.addEventListener("view", () => this.paint());
    bin.addEventListener("change", () => this.paint());
    this.paint();
  }

  paint() {
    this.hidden = shelf.scope !== "bin" || !bin.jobs.length;
    this.text.textContent = t("library.kept_for", { n: bin.days });
  }
}
