// Where recordings come from: files that are chosen or dropped anywhere on the page, and the microphone.
import { Microphone } from "./microphone.js";
import { answer } from "./requests.js";
import { clock } from "./format.js";

export class RecordingSources extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <label class="drop"><span class="title">Recordings</span>
        <span class="hint">Drop audio or video here, or click to choose</span>
        <input type="file" multiple aria-label="Recordings" accept="audio/*,video/*,.mkv,.opus,.m4b,.amr,.wma,.aac,.caf,.3gp,.ts"></label>
      <ul class="waiting" aria-label="Chosen files"></ul>
      <div class="record"><button type="button" class="start">Record</button><button type="button" class="stop" disabled>Stop</button>
        <output aria-label="Recording time"></output></div>
      <p class="message" role="alert"></p>`;
    this.uploads = [];
    this.input = this.querySelector("input");
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; });
    this.querySelector(".start").addEventListener("click", () => this.record().catch((error) => this.say(error.message)));
    this.querySelector(".stop").addEventListener("click", () => this.stop().catch((error) => this.say(error.message)));
    this.dropAnywhere();
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
    for (const file of files) this.track(file.name, (show) => upload(file, show));
  }

  /** Lists a recording that `fetchId` brings to the program; `registered()` waits for its id. */
  track(name, fetchId) {
    const row = document.createElement("li"), label = document.createElement("span"), state = document.createElement("span");
    const remove = document.createElement("button");
    label.textContent = name;
    remove.textContent = "✕";
    remove.type = "button";
    remove.setAttribute("aria-label", `Leave out ${name}`);
    row.append(label, state, remove);
    this.querySelector(".waiting").append(row);
    const entry = { row, id: fetchId((text) => { state.textContent = text; }) };
    entry.id.then(() => { state.textContent = "ready"; }, (error) => { this.drop(entry); this.say(`${name}: ${error.message}`); });
    remove.addEventListener("click", () => this.drop(entry));
    this.uploads.push(entry);
  }

  drop(entry) {
    entry.row.remove();
    this.uploads = this.uploads.filter((other) => other !== entry);
  }

  /** The ids of all listed recordings, once they have arrived. */
  async registered() {
    if (this.microphone) await this.stop();
    return Promise.all(this.uploads.map((entry) => entry.id));
  }

  clear() {
    this.uploads.forEach((entry) => entry.row.remove());
    this.uploads = [];
    this.say("");
  }

  say(text) { this.querySelector(".message").textContent = text; }

  async record() {
    this.say("");
    this.buttons(true);
    try {
      this.microphone = await Microphone.start((seconds) => { this.querySelector("output").textContent = clock(seconds); });
    } catch (error) {
      this.buttons(false);
      throw new Error(error.name === "NotAllowedError" ? "The browser may not use the microphone: allow it in its address bar."
        : error.name === "NotFoundError" ? "No microphone was found." : error.message);
    }
  }

  async stop() {
    const microphone = this.microphone;
    if (!microphone) return;
    this.microphone = null;
    this.track("Microphone recording", () => microphone.stop());
    await this.uploads.at(-1)?.id;
    this.buttons(false);
  }

  buttons(recording) {
    this.querySelector(".start").disabled = recording;
    this.querySelector(".stop").disabled = !recording;
    this.querySelector("output").textContent = recording ? "0:00" : "";
  }
}

function upload(file, show) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();  // fetch() tells no progress of what it sends
    request.open("POST", `/recordings?name=${encodeURIComponent(file.name)}`);
    request.upload.addEventListener("progress", (event) => { if (event.total) show(`${Math.floor((100 * event.loaded) / event.total)} %`); });
    request.addEventListener("error", () => reject(new Error("the program does not answer")));
    request.addEventListener("load", () => answer(new Response(request.response, { status: request.status })).then((job) => resolve(job.id), reject));
    request.send(file);
  });
}
