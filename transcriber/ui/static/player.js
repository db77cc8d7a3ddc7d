// The recording beside its transcript: native audio or video, a waveform to go anywhere, and the keyboard.
import WaveSurfer from "./vendor/wavesurfer/wavesurfer.esm.js";
import { element } from "./elements.js";
import { post } from "./requests.js";

const STEP = 5, PEAKS_PER_SECOND = 10, RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const TOLERANCE = 1;  // seconds
/** Where a place lies in such a file, a browser may only guess. */
const GUESSED = /\.(mp[123a]|mpga|aac|adts)$/i;
const PREPARING = "The sound is being prepared so that every place in it is found; until then a click may miss its word.";
const NOT_PLAYED = "This browser cannot play this kind of recording; its words and times are not affected.";
const KEYS = "Space: play or pause · ← →: 5 seconds · Shift + ← →: a word · < >: slower, faster";

export class Player {
  /** `onTime` is told of every new place of the playing recording; `stepWord` goes to the next or previous word. */
  constructor(region, onTime, stepWord) {
    Object.assign(this, { region, onTime, stepWord, id: null, peaks: null, asked: new Set() });
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Show the recording of a job; nothing while it has not arrived. */
  show(job) {
    const id = job && job.state !== "receiving" ? job.id : null;
    this.job = job;
    if (id === this.id && (!job || job.is_video === this.isVideo)) return this.check();
    this.clear();
    if (!id) return;
    Object.assign(this, { id, isVideo: job.is_video });
    this.media = element(job.is_video ? "video" : "audio");
    Object.assign(this.media, { controls: true, preload: "metadata", src: `/recordings/${id}/media` });
    this.media.setAttribute("aria-label", job.name);
    this.wave = element("div", "", "wave");
    this.note = element("p", KEYS, "keys");
    this.region.append(this.media, this.wave, this.note);
    this.region.hidden = false;
    for (const name of ["timeupdate", "seeking", "seeked"]) this.media.addEventListener(name, () => this.tell());
    this.media.addEventListener("play", () => this.follow());
    this.media.addEventListener("loadedmetadata", () => this.check());
    this.media.addEventListener("error", () => { this.note.textContent = NOT_PLAYED; this.check(); });
    this.check();
  }

  /** Whether this browser plays the recording, and finds its places; else the program is asked for a copy in which it does. */
  check() {
    const { job, media } = this;
    if (!media || !["running", "done", "cancelled", "failed"].includes(job.state)) return;
    const gap = job.state === "done" && Number.isFinite(media.duration) ? media.duration - job.duration : 0;
    if (media.error || gap < -TOLERANCE) this.takeCopy(true);
    else if (GUESSED.test(job.name) || (gap > TOLERANCE && !job.is_video)) this.takeCopy(false);
  }

  /** `always`, or only if the program finds that it is needed. */
  async takeCopy(always) {
    const { id, media, asked } = this;
    if (asked.has(always) || asked.has("taken")) return;
    asked.add(always);
    const waiting = setTimeout(() => { if (media === this.media) this.note.textContent = PREPARING; }, 300);
    try {
      const { is_made: isMade } = await post(`/recordings/${id}/copy`, { always });
      clearTimeout(waiting);
      if (media !== this.media) return;
      if (isMade) this.playCopy(); else this.note.textContent = media.error ? NOT_PLAYED : KEYS;
    } catch (error) {
      clearTimeout(waiting);
      if (media === this.media) this.note.textContent = error.message;
    }
  }

  /** From where the recording is now; where the browser believed it to be over, from the word that was clicked. */
  playCopy() {
    const { media, wanted } = this, isPlaying = !media.paused, at = media.error || wanted > media.duration ? wanted : media.currentTime;
    this.asked.add("taken");
    this.note.textContent = KEYS;
    media.src = `/recordings/${this.id}/media?copy=true`;
    media.currentTime = at;
    if (isPlaying) media.play();
  }

  clear() {
    this.surfer?.destroy();
    this.media?.pause();
    this.media?.removeAttribute("src");
    this.region.replaceChildren();
    this.region.hidden = true;
    Object.assign(this, { id: null, media: null, surfer: null, heard: 0, wanted: 0, asked: new Set() });
  }

  /** Draw how loud the recording is, as far as it was heard. */
  async draw(job) {
    if (!this.media || !job.duration || (this.heard >= job.done && this.surfer)) return;
    const { id } = this;
    const heard = new Uint8Array(await (await fetch(`/recordings/${id}/waveform`)).arrayBuffer());
    if (id !== this.id || !heard.length) return;
    this.heard = job.done;
    const peaks = new Float32Array(Math.max(heard.length, Math.ceil(job.duration * PEAKS_PER_SECOND)));
    heard.forEach((peak, place) => { peaks[place] = peak / 255; });
    const style = getComputedStyle(this.region);
    if (this.surfer) return this.surfer.setOptions({ peaks: [peaks], duration: job.duration });
    this.surfer = WaveSurfer.create({
      container: this.wave, media: this.media, peaks: [peaks], duration: job.duration, height: 56, normalize: true, dragToSeek: true,
      waveColor: style.getPropertyValue("--neutral-400"), progressColor: style.getPropertyValue("--color-accent"), cursorColor: style.getPropertyValue("--color-accent"),
    });
    this.surfer.on("error", () => {});  // the media element tells of it
  }

  seek(seconds) {
    if (!this.media) return;
    this.wanted = Math.max(0, seconds);
    this.media.currentTime = this.wanted;
    this.tell();
  }

  tell() { if (this.media) this.onTime(this.media.currentTime, !this.media.paused); }

  follow() {
    if (!this.media || this.media.paused) return;
    this.tell();
    requestAnimationFrame(() => this.follow());
  }

  key(event) {
    if (!this.media || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], audio, video, [role=listbox]")) return;
    const act = {
      " ": () => (this.media.paused ? this.media.play() : this.media.pause()),
      ArrowLeft: () => (event.shiftKey ? this.stepWord(-1) : this.seek(this.media.currentTime - STEP)),
      ArrowRight: () => (event.shiftKey ? this.stepWord(1) : this.seek(this.media.currentTime + STEP)),
      "<": () => this.pace(-1),
      ">": () => this.pace(1),
    }[event.key];
    if (!act || (event.key === " " && event.target.closest?.("button, a, summary, label"))) return;
    event.preventDefault();
    act();
  }

  pace(step) {
    const place = RATES.indexOf(this.media.playbackRate) + step;
    this.media.playbackRate = RATES[Math.min(RATES.length - 1, Math.max(0, place))];
    this.note.textContent = `${this.media.playbackRate} × · ${KEYS}`;
  }
}
