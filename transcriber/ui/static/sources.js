// Where recordings come from: files that are chosen or dropped anywhere on the page, and the microphone.
import { Delivery } from "./delivery.js";
import { Microphone, microphones } from "./microphone.js";
import { feed } from "./jobs-feed.js";
import { post } from "./requests.js";
import { clock } from "./format.js";

export class RecordingSources extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <label class="drop"><span class="title">Recordings</span>
        <span class="hint">Drop audio or video here, or click to choose</span>
        <input type="file" multiple aria-label="Recordings" accept="audio/*,video/*,.mkv,.opus,.m4b,.amr,.wma,.aac,.caf,.3gp,.ts"></label>
      <div class="record"><button type="button" class="start">Record</button>
        <button type="button" class="pause" disabled>Pause</button><button type="button" class="stop" disabled>Stop</button>
        <output aria-label="Recording time"></output><meter min="0" max="1" aria-label="Level" hidden></meter>
        <select aria-label="Microphone" hidden></select></div>
      <p class="message" role="alert"></p>`;
    /** What this page brought or is bringing, by its id. */
    this.own = new Map();
    /** Files that are being announced to the program. */
    this.announcing = new Set();
    this.input = this.querySelector("input");
    this.devices = this.querySelector("select");
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; });
    for (const [name, act] of [["start", () => this.record()], ["pause", () => this.pause()], ["stop", () => this.stop()]]) {
      this.querySelector(`.${name}`).addEventListener("click", () => act().catch((error) => this.say(error.message)));
    }
    this.dropAnywhere();
    this.listDevices();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices());
  }

  dropAnywhere() {
    const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); document.body.classList.add("dragging"); } });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dragging"); });
    addEventListener("drop", (event) => {
      document.body.classList.remove("dragging");
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
  }

  /** Sends files to the program at once; Transcribe need not wait for them to arrive. */
  add(files) {
    this.say("");
    const announcing = this.announceAll(files);
    this.announcing.add(announcing);
    announcing.finally(() => this.announcing.delete(announcing));
  }

  /** One after another: the queue has the files in the order in which they were chosen. */
  async announceAll(files) {
    for (const file of files) {
      const trouble = (error) => this.say(`${file.name}: ${error.message}`);
      await this.announce(file).then((delivery) => { delivery.file(file).catch(trouble); }, trouble);
    }
    await feed.refresh();
  }

  async announce(file) {
    // One that was cut off, by a reload for example, goes on where it ended.
    const begun = feed.jobs.find((job) => job.state === "receiving" && job.source === "upload" && !this.own.has(job.id) && job.name === file.name && job.size === file.size);
    const { id, size } = begun ? { id: begun.id, size: begun.arrived } : await post("/recordings", { name: file.name, size: file.size });
    const delivery = new Delivery(id, size, (trouble) => this.say(trouble));
    this.own.set(id, { id, delivery, isStarted: Boolean(begun?.model) });
    return delivery;
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
  }

  started(ids) {
    for (const id of ids) if (this.own.has(id)) this.own.get(id).isStarted = true;
    this.say("");
  }

  say(text) { this.querySelector(".message").textContent = text; }

  async listDevices() {
    const found = await microphones();
    this.devices.hidden = found.length < 2;
    const chosen = this.devices.value;
    this.devices.replaceChildren(...found.map((device, number) => new Option(device.label || `Microphone ${number + 1}`, device.deviceId)));
    if (found.some((device) => device.deviceId === chosen)) this.devices.value = chosen;
  }

  async record() {
    this.say("");
    this.show(true);
    const meter = this.querySelector("meter"), output = this.querySelector("output");
    try {
      this.microphone = await Microphone.start(this.devices.value, {
        time: (seconds) => { if (this.microphone) output.textContent = clock(seconds); },
        level: (level) => { meter.value = level; },
        trouble: (text) => this.say(text && `${text} What you say is kept in this page meanwhile.`),
        lost: () => this.stop().then(() => this.say("The microphone is gone. What it heard is kept.")),
      });
    } catch (error) {
      this.show(false);
      throw new Error(error.name === "NotAllowedError" ? "The browser may not use the microphone: allow it in its address bar."
        : error.name === "NotFoundError" ? "No microphone was found." : error.message);
    }
    this.own.set(this.microphone.id, { id: this.microphone.id, delivery: this.microphone.delivery, isStarted: false });
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
    this.show(false);
    await microphone.stop();
    await feed.refresh();
  }

  show(isRecording) {
    this.querySelector(".start").disabled = isRecording;
    this.querySelector(".stop").disabled = this.querySelector(".pause").disabled = !isRecording;
    this.querySelector(".pause").textContent = "Pause";
    this.querySelector("meter").hidden = !isRecording;
    this.querySelector("output").textContent = isRecording ? "0:00" : "";
  }
}
