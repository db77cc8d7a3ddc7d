// What stands above the words: the title, what is known at a glance, and how far it is while it is being transcribed.
import { button, element } from "../elements.js";
import { announce, toast } from "../messages.js";
import { clock, roughly, title as titled } from "../format.js";
import { iconButton } from "../icons.js";
import { feed } from "../jobs-feed.js";
import { languageName, t, when } from "../i18n.js";
import { post, sendJson } from "../requests.js";
import { doc } from "./open-document.js";
import { sendLater } from "./unsent.js";

export class Heading {
  /** `transcribe`: has the recording transcribed, again or for the first time. */
  constructor(transcribe) {
    this.transcribe = transcribe;
    this.element = element("header", "", "heading");
    const line = element("h1");
    this.name = element("span", "", "title");
    this.name.dir = "auto";
    this.rename = iconButton("pencil", t("document.rename"), () => this.edit(), "rename");
    line.append(this.name, this.rename);
    this.about = element("p", "", "about");
    this.again = button(t("document.again"), transcribe, "link again");
    this.live = element("div", "", "live");
    this.words = element("p");
    this.bar = element("progress");
    this.bar.setAttribute("aria-label", t("document.progress"));
    this.stop = button("", () => this.act(), "button");
    const txt = element("div", "", "txt");
    txt.append(this.words, this.bar);
    this.live.append(txt, this.stop);
    this.error = element("p", "", "error");
    this.element.append(line, this.about, this.live, this.error);
    this.name.addEventListener("dblclick", () => this.edit());
    this.name.addEventListener("keydown", (event) => this.typed(event));
    this.name.addEventListener("blur", () => this.keep());
    doc.addEventListener("closing", () => this.keep());
    addEventListener("pagehide", () => { if (this.isEdited && this.written) this.send(this.written, this.edited).catch(() => {}); });
  }

  paint() {
    const { job, detail } = doc;
    if (!job) return;
    if (!this.isEdited) this.name.textContent = job.title || job.name;
    const language = detail?.language ?? job.language, model = detail?.transcripts?.find(({ id }) => id === detail.number)?.title || titled(detail?.model || job.model || "");
    const facts = [job.created_at && when(job.created_at), job.duration && clock(job.duration), language && languageName(language), model];
    const shown = facts.filter(Boolean).map((fact) => element("span", fact));
    this.again.hidden = !["done", "cancelled", "failed"].includes(job.state);
    this.about.replaceChildren(...shown, this.again);
    this.error.textContent = job.error || "";
    this.paintLive(job);
  }

  paintLive(job) {
    const left = job.seconds_left, share = job.state === "receiving" ? job.size && job.arrived / job.size : job.state === "running" && job.device && job.duration ? job.done / job.duration : 0;
    const said = {
      receiving: () => t(job.is_silent ? "document.silent" : "document.receiving", { share: Math.floor(100 * (share || 0)) }),
      ready: () => t("document.notYet"),
      queued: () => t("document.queued"),
      running: () => [
        job.is_stopping ? t("document.stopping") : job.is_loading ? t("document.loading", { model: titled(job.model) }) : !job.device ? t("document.queued") : t("document.live", { done: clock(job.done), whole: clock(job.duration) }),
        left == null ? "" : t("document.left", { time: roughly(left) }),
        doc.segments.length ? t("document.meanwhile") : "",
      ].filter(Boolean).join(" · "),
    }[job.state];
    this.live.hidden = !said;
    if (!said) { this.quarter = null; return; }
    this.words.textContent = said();
    if (share) this.bar.value = Math.min(1, share); else this.bar.removeAttribute("value");
    this.bar.hidden = ["queued", "ready"].includes(job.state);
    this.stop.hidden = job.state === "receiving";
    this.stop.disabled = job.is_stopping;
    this.stop.textContent = t({ queued: "page.cancel", ready: "document.begin" }[job.state] || "document.stop");
    this.speak(job, share);
  }

  /** Progress is spoken at quarters only. */
  speak({ id, state }, share) {
    const quarter = `${id} ${state} ${Math.floor(4 * share)}`;
    if (quarter === this.quarter) return;
    if (this.quarter?.startsWith(id) && state === "running") announce(share ? t("document.spokenProgress", { share: 25 * Math.floor(4 * share) }) : this.words.textContent);
    this.quarter = quarter;
  }

  async act() {
    if (doc.job.state === "ready") { this.transcribe(); return; }
    try {
      await post(`/jobs/${doc.id}/cancel`);
      await feed.refresh();
    } catch (error) {
      toast(error.message);
    }
  }

  edit() {
    if (this.isEdited) return;
    this.isEdited = true;
    this.edited = doc.job;
    Object.assign(this.name, { contentEditable: "plaintext-only", role: "textbox", ariaLabel: t("document.title") });
    this.name.focus();
    getSelection().selectAllChildren(this.name);
  }

  typed(event) {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") this.name.textContent = titleOf(this.edited);
    this.keep();
    this.rename.focus();
  }

  async keep() {
    if (!this.isEdited) return;
    this.isEdited = false;
    for (const name of ["contenteditable", "role", "aria-label"]) this.name.removeAttribute(name);
    const { edited, written: title } = this;
    if (!title || title === titleOf(edited)) { this.paint(); return; }
    const ask = async () => { await this.send(title, edited); await feed.refresh(); };
    try {
      await ask();
    } catch (error) {
      toast(error.message);
      if (error.status === 0) await sendLater(title, ask);
    }
    this.paint();
  }

  get written() { return this.name.textContent.trim(); }

  send(title, { id }) { return sendJson("PATCH", `/jobs/${id}`, { title }); }
}

const titleOf = (job) => job.title || job.name;
