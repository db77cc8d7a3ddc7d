// What this page brings to the program: files that are sent, each transcribed as soon as the program knows of it, and what is
// amiss with them. Event of `adding`: "trouble".
import { Delivery, FileError, OtherFileError } from "./delivery.js";
import { recordingsAmong, recordingsOf } from "./folders.js";
import { start } from "./starting.js";
import { announce } from "../messages.js";
import { feed } from "../jobs-feed.js";
import { get, post } from "../requests.js";
import { addressOf, go } from "../router.js";
import { t } from "../i18n.js";

/** What a sentence may be about beside a recording. */
const ELSE = ["", "microphone", "silence"];

class Adding extends EventTarget {
  /** What this page brings, by its id. */
  own = new Map();
  /** Sentences for the user, by the id of the recording that they are about, or by what else is amiss. */
  troubles = new Map();

  constructor() {
    super();
    feed.listen(() => this.forgetWhatIsGone());
  }

  /** How the names of recordings end, as ".wav". */
  async endings() {
    const { endings } = await get("/recordings/endings");
    return new Set(endings);
  }

  /** Sends files to the program, and has them transcribed; that need not wait for them to arrive. */
  async files(files) {
    this.say("");
    await start(this.announced(files));
    announce(t("add.added", { n: files.length }));
  }

  /** Files and folders that were dropped, as folders.js has them. */
  dropped(items) { return this.folders((endings) => recordingsOf(items, endings)); }

  /** The files of a folder that was chosen. */
  chosen(files) { return this.folders((endings) => recordingsAmong(files, endings)); }

  /** `search` gets the endings of recordings, and finds them. */
  async folders(search) {
    try {
      const { files, problems } = await search(await this.endings());
      await this.files(files);
      if (problems.length) this.say([...problems, this.troubles.get("")].filter(Boolean).join(" "));
    } catch (error) {
      this.say(error.message);
    }
  }

  /** The ids of those that the program is to transcribe, one after another: the queue has them in the order in which they
   * were chosen. `begun` finds what may be the beginning of a file. */
  async *announced(files, begun = (file) => this.begun(file)) {
    for (const file of files) {
      const parts = begun(file);
      try {
        const id = await this.announce(file, parts);
        if (parts[0]?.model) go(addressOf(id)); else yield id;
      } catch (error) {
        this.say(`${file.name}: ${error.message}`);
      }
    }
  }

  /** Those that were cut off, by a reload for example, and may be the beginning of this file. */
  begun(file) {
    return feed.jobs.filter((job) => job.state === "receiving" && job.source === "upload" && !this.own.has(job.id) && job.name === file.name && job.size === file.size);
  }

  /** Resolves to its id once the program knows of the file. `begun`: what it may go on; the program compares the bytes. */
  async announce(file, [begun, ...others]) {
    const { id } = begun || await post("/recordings", { name: file.name, size: file.size });
    const delivery = new Delivery(id, 0, (trouble) => this.tell(id, trouble));
    this.own.set(id, delivery);
    delivery.file(file).catch((error) => this.notSent(id, file, error, others));
    return id;
  }

  /** What could not be sent ends; the others go on. Another recording of this name and size is kept as it is. */
  async notSent(id, file, error, others) {
    this.forget(id);
    if (error instanceof OtherFileError) return start(this.announced([file], () => others), { isShown: false });
    if (error.status === 404) return;  // it was removed in another tab
    const why = t("add.not_sent", { name: file.name, why: error.message });
    if (error instanceof FileError) await post(`/recordings/${id}/abandon`, { why }).catch(() => {});
    await feed.refresh();
    if (feed.jobs.find((job) => job.id === id)?.state !== "cancelled") this.tell(id, why);
  }

  /** Nothing more of this recording is sent. */
  forget(id) {
    const delivery = this.own.get(id);
    if (delivery) delivery.isOver = true;
    this.own.delete(id);
    this.tell(id, "");
  }

  /** A sentence is not about a recording that is not in the list any more; nor is it sent on. */
  forgetWhatIsGone() {
    const jobs = new Set(feed.jobs.map((job) => job.id));
    for (const about of this.troubles.keys()) if (!ELSE.includes(about) && !jobs.has(about) && !this.own.has(about)) this.tell(about, "");
  }

  /** What is amiss beside any one recording, or "". */
  say(text) { this.tell("", text); }

  tell(about, text) {
    if ((this.troubles.get(about) || "") === text) return;
    if (text) this.troubles.set(about, text); else this.troubles.delete(about);
    this.dispatchEvent(new Event("trouble"));
  }

  /** All that is amiss. */
  get trouble() { return [...new Set(this.troubles.values())].join(" "); }
}

export const adding = new Adding();
