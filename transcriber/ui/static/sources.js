// Where recordings come from: files that are chosen or dropped anywhere on the page, and the microphone.
import { Delivery, FileError, OtherFileError } from "./delivery.js";
import { dropped, recordingsAmong, recordingsOf } from "./folders.js";
import { Microphone, microphones } from "./microphone.js";
import { feed } from "./jobs-feed.js";
import { get, post } from "./requests.js";
import { clock } from "./format.js";

/** What a sentence may be about beside a recording. */
const ELSE = ["", "microphone", "silence"];
const NOTHING_HEARD = "Nothing was heard from the microphone, so there is no recording. Check the system's sound settings, or choose another microphone.";

export class RecordingSources extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <div class="drop"><label><span class="title">Recordings</span>
        <span class="hint">Drop audio, video or a folder here, or click to choose</span>
        <input type="file" class="files" multiple aria-label="Recordings" accept="audio/*,video/*"></label>
        <button type="button" class="choose">Choose a folder</button><input type="file" class="folder" webkitdirectory hidden></div>
      <div class="record"><button type="button" class="start">Record</button>
        <button type="button" class="pause" disabled>Pause</button><button type="button" class="stop" disabled>Stop</button>
        <output aria-label="Recording time"></output><meter min="0" max="1" aria-label="Level" hidden></meter>
        <select aria-label="Microphone" hidden></select></div>
      <p class="message" role="alert"></p>`;
    /** What this page brought or is bringing, by its id. */
    this.own = new Map();
    /** Files that are being announced to the program. */
    this.announcing = new Set();
    /** Sentences for the user, by the id of the recording that they are about, or by what else is amiss. */
    this.troubles = new Map();
    this.input = this.querySelector(".files");
    this.devices = this.querySelector("select");
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; });
    this.chooseFolder();
    this.endings().catch(() => {});
    for (const [name, act] of [["start", () => this.record()], ["pause", () => this.pause()], ["stop", () => this.stop()]]) {
      this.querySelector(`.${name}`).addEventListener("click", () => act().catch((error) => this.say(error.message)));
    }
    this.dropAnywhere();
    this.listDevices();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices());
    feed.listen(() => this.forgetWhatIsGone());
  }

  chooseFolder() {
    const input = this.querySelector(".folder"), choose = this.querySelector(".choose");
    choose.hidden = !("webkitdirectory" in input);
    choose.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      this.addFolders((endings) => recordingsAmong(files, endings));
    });
  }

  dropAnywhere() {
    const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); document.body.classList.add("dragging"); } });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dragging"); });
    addEventListener("drop", (event) => {
      document.body.classList.remove("dragging");
      if (!carriesFiles(event)) return;
      event.preventDefault();
      const items = dropped(event.dataTransfer);
      if (items.some(({ entry }) => entry?.isDirectory)) this.addFolders((endings) => recordingsOf(items, endings));
      else this.add([...event.dataTransfer.files]);
    });
  }

  /** Sends files to the program at once; Transcribe need not wait for them to arrive. */
  add(files) {
    this.say("");
    this.announceFirst(this.announceAll(files));
  }

  /** How the names of recordings end, as ".wav". */
  async endings() {
    const { endings } = await get("/recordings/endings");
    this.input.accept = ["audio/*", "video/*", ...endings].join();
    return new Set(endings);
  }

  /** `search` gets the endings of recordings, and finds them. */
  addFolders(search) {
    this.say("");
    this.announceFirst(this.endings().then(async (endings) => {
      const { files, problems } = await search(endings);
      this.say(problems.join(" "));
      await this.announceAll(files);
    }).catch((error) => this.say(error.message)));
  }

  announceFirst(announcing) {
    this.announcing.add(announcing);
    announcing.finally(() => this.announcing.delete(announcing));
  }

  /** One after another: the queue has the files in the order in which they were chosen. */
  async announceAll(files) {
    for (const file of files) {
      await this.announce(file, this.begun(file)).catch((error) => this.say(`${file.name}: ${error.message}`));
    }
    await feed.refresh();
  }

  /** Those that were cut off, by a reload for example, and may be the beginning of this file. */
  begun(file) {
    return feed.jobs.filter((job) => job.state === "receiving" && job.source === "upload" && !this.own.has(job.id) && job.name === file.name && job.size === file.size);
  }

  /** Resolves once the program knows of the file. `begun`: what it may go on; the program compares the bytes. */
  async announce(file, [begun, ...others]) {
    const { id } = begun || await post("/recordings", { name: file.name, size: file.size });
    const delivery = new Delivery(id, 0, (trouble) => this.tell(id, trouble));
    this.own.set(id, { id, delivery, isStarted: Boolean(begun?.model) });
    delivery.file(file).catch((error) => this.notSent(id, file, error, others));
  }

  /** What could not be sent ends; the others go on. */
  async notSent(id, file, error, others) {
    this.forget(id);
    if (error instanceof OtherFileError) return this.announceAgain(file, others);
    if (error.status === 404) return;  // it was removed in another tab
    const why = `The file “${file.name}” could not be sent: ${error.message}`;
    if (error instanceof FileError) await post(`/recordings/${id}/abandon`, { why }).catch(() => {});
    await feed.refresh();
    if (feed.jobs.find((job) => job.id === id)?.state !== "cancelled") this.tell(id, why);
  }

  /** Another recording of this name and size is kept as it is. */
  announceAgain(file, others) {
    this.announceFirst(this.announce(file, others).then(() => feed.refresh()).catch((error) => this.say(`${file.name}: ${error.message}`)));
  }

  /** The ids of what this page brought and has not started, once the program knows of all of it. */
  async toStart() {
    await this.stop();
    await Promise.allSettled(this.announcing);
    return [...this.own.values()].filter((entry) => !entry.isStarted && feed.jobs.some((job) => job.id === entry.id)).map((entry) => entry.id);
  }

  /** Nothing more of this recording is sent. */
  forget(id) {
    const entry = this.own.get(id);
    if (entry) entry.delivery.isOver = true;
    this.own.delete(id);
    this.tell(id, "");
  }

  /** A sentence is not about a recording that is not in the list any more. */
  forgetWhatIsGone() {
    const jobs = new Set(feed.jobs.map((job) => job.id));
    for (const about of this.troubles.keys()) if (!ELSE.includes(about) && !jobs.has(about) && !this.own.has(about)) this.tell(about, "");
  }

  started(ids) {
    for (const id of ids) if (this.own.has(id)) this.own.get(id).isStarted = true;
    this.say("");
  }

  /** What is amiss beside any one recording, or "". */
  say(text) { this.tell("", text); }

  tell(about, text) {
    if (text) this.troubles.set(about, text); else this.troubles.delete(about);
    this.querySelector(".message").textContent = [...new Set(this.troubles.values())].join(" ");
  }

  async listDevices() {
    const found = await microphones();
    this.devices.hidden = found.length < 2;
    const chosen = this.devices.value;
    this.devices.replaceChildren(...found.map((device, number) => new Option(device.label || `Microphone ${number + 1}`, device.deviceId)));
    if (found.some((device) => device.deviceId === chosen)) this.devices.value = chosen;
  }

  async record() {
    this.say("");
    this.show("starting");
    const meter = this.querySelector("meter"), output = this.querySelector("output");
    let microphone;
    try {
      microphone = this.microphone = await Microphone.start(this.devices.value, {
        time: (seconds) => { if (this.microphone) output.textContent = clock(seconds); },
        level: (level) => { meter.value = level; },
        trouble: (text) => this.tell("microphone", text && `${text} What you say is kept in this page meanwhile.`),
        silence: (text) => this.tell("silence", text),
        lost: () => this.stop().then(() => this.say("The microphone is gone. What it heard is kept.")),
      });
    } finally {
      this.show(microphone ? "recording" : "");
    }
    if (microphone.usesAnother) this.say(`The chosen microphone is gone or busy: ${microphone.label || "another one"} is used instead.`);
    this.own.set(microphone.id, { id: microphone.id, delivery: microphone.delivery, isStarted: false });
    await this.listDevices();
  }

  async pause() {
    const button = this.querySelector(".pause"), isPaused = button.textContent === "Pause";
    button.textContent = isPaused ? "Resume" : "Pause";
    await (isPaused ? this.microphone.pause() : this.microphone.resume());
    this.querySelector("meter").value = 0;
  }

  async stop() {
    const microphone = this.microphone;
    if (!microphone) return;
    this.microphone = null;
    this.show("");
    const wasHeard = await microphone.stop();
    for (const about of ["microphone", "silence"]) this.tell(about, "");
    if (!wasHeard) {
      this.forget(microphone.id);
      this.say(NOTHING_HEARD);
    }
    await feed.refresh();
  }

  /** `state`: "starting", "recording", or "" when there is none. */
  show(state) {
    const isRecording = state === "recording";
    this.querySelector(".start").disabled = Boolean(state);
    this.querySelector(".stop").disabled = this.querySelector(".pause").disabled = !isRecording;
    this.querySelector(".pause").textContent = "Pause";
    this.querySelector("meter").hidden = !isRecording;
    this.querySelector("output").textContent = isRecording ? "0:00" : "";
  }
}
