// The recording itself: one <audio> or <video> for the whole page, moved to where it is shown. Events of `player`: "time"
// (a new place), "state" (playing, paused, another pace, loudness or loop), "media" (another recording), "trouble"
// (`player.trouble`: "", a key of the section "player", or a sentence of the program).
import { element } from "../elements.js";
import { post } from "../requests.js";

const TOLERANCE = 1;  // seconds
/** Seconds that a step goes. */
export const STEP = 5;
export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
/** Playing resumes so many seconds earlier. */
const BACK = 1.5;
/** Where a place lies in such a file, a browser may only guess. */
const GUESSED = /\.(mp[123a]|mpga|aac|adts)$/i;

class Player extends EventTarget {
  job = null;
  media = null;
  looped = null;
  asked = new Set();
  wanted = 0;
  trouble = "";
  rate = 1;
  volume = 1;
  /** Where it was paused; null once another place was chosen. */
  pausedAt = null;

  get time() { return this.media?.currentTime ?? 0; }
  get isPlaying() { return Boolean(this.media && !this.media.paused); }
  get duration() { return this.job?.duration || (Number.isFinite(this.media?.duration) ? this.media.duration : 0); }

  /** The recording of a job; nothing while it has not arrived. */
  show(job) {
    const before = this.job, isOther = !job || job.state === "receiving" || job.id !== before?.id || job.is_video !== before?.is_video;
    this.job = job && job.state !== "receiving" ? job : null;
    if (!isOther) { this.check(); return; }
    this.media?.pause();
    this.media?.removeAttribute("src");
    this.media?.remove();
    const isAwaited = !before && this.job;  // an address may have said where to begin before its recording was known
    Object.assign(this, { media: null, looped: null, asked: new Set(), wanted: isAwaited ? this.wanted : 0, trouble: "", pausedAt: null });
    if (this.job) this.load();
    for (const name of ["media", "trouble", "state", "time"]) this.tell(name);
  }

  load() {
    const { job } = this, media = this.media = element(job.is_video ? "video" : "audio");
    Object.assign(media, { preload: "auto", src: `/recordings/${job.id}/media`, playsInline: true });
    media.setAttribute("aria-label", job.title || job.name);
    Object.assign(media, { defaultPlaybackRate: this.rate, playbackRate: this.rate, volume: this.volume });
    for (const name of ["timeupdate", "seeking", "seeked"]) media.addEventListener(name, () => this.tick());
    for (const name of ["play", "pause", "ratechange", "volumechange", "ended"]) media.addEventListener(name, () => this.tell("state"));
    media.addEventListener("play", () => this.watch());
    media.addEventListener("pause", () => { this.pausedAt = media.currentTime; });
    media.addEventListener("loadedmetadata", () => this.check());
    media.addEventListener("error", () => this.check());
    if (this.wanted) media.currentTime = this.wanted;
  }

  async play(from = null) {
    if (!this.media) return;
    if (from !== null) this.seek(from);
    await this.media.play().catch((error) => { if (error.name !== "AbortError" && !this.media?.error) this.say(error.message); });
  }

  pause() { this.media?.pause(); }

  /** Playing goes on a little before where it was paused; after the end, from the start. */
  toggle() {
    if (this.isPlaying) { this.pause(); return; }
    const isWherePaused = this.pausedAt !== null && Math.abs(this.time - this.pausedAt) < 0.05 && !this.looped;
    this.play(this.media?.ended ? 0 : isWherePaused ? Math.max(0, this.time - BACK) : null);
  }

  seek(seconds) {
    this.wanted = Math.max(0, this.duration ? Math.min(seconds, this.duration) : seconds);
    if (!this.media) return;
    this.pausedAt = null;
    this.media.currentTime = this.wanted;
    if (this.looped && (this.wanted < this.looped.start || this.wanted >= this.looped.end)) this.loop(null);
    this.tick();
  }

  skip(seconds) { this.seek(this.time + seconds); }

  /** Play these seconds again and again, until seek() leaves them; null ends that. */
  loop(start, end = null) {
    this.looped = start === null ? null : { start, end };
    this.tell("state");
    if (this.looped) this.play(start);
  }

  setRate(rate) {
    this.rate = rate;
    if (this.media) Object.assign(this.media, { defaultPlaybackRate: rate, playbackRate: rate });
    this.tell("state");
  }

  /** 0 to 1. */
  setVolume(volume) {
    this.volume = volume;
    if (this.media) Object.assign(this.media, { volume, muted: false });
    this.tell("state");
  }

  pace(step) {
    const nearest = RATES.reduce((best, rate) => (Math.abs(rate - this.rate) < Math.abs(best - this.rate) ? rate : best));
    this.setRate(RATES[Math.min(RATES.length - 1, Math.max(0, RATES.indexOf(nearest) + step))]);
  }

  tick() {
    const { looped, media } = this;
    if (looped && media && !media.paused && media.currentTime >= looped.end) media.currentTime = looped.start;
    this.tell("time");
  }

  watch() {
    if (!this.isPlaying) return;
    this.tick();
    requestAnimationFrame(() => this.watch());
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
    const { job, media, asked } = this;
    if (asked.has(always) || asked.has("taken")) return;
    asked.add(always);
    const waiting = setTimeout(() => { if (media === this.media) this.say("preparing"); }, 300);
    try {
      const { is_made: isMade } = await post(`/recordings/${job.id}/copy`, { always });
      if (media !== this.media) return;
      if (isMade) this.playCopy();
      this.say(!isMade && media.error ? "not_played" : "");
    } catch (error) {
      if (media === this.media) this.say(error.message);
    } finally {
      clearTimeout(waiting);
    }
  }

  /** From where the recording is now; where the browser believed it to be over, from the place that was wanted. */
  playCopy() {
    const { media, wanted } = this, isPlaying = !media.paused, at = media.error || wanted > media.duration ? wanted : media.currentTime;
    this.asked.add("taken");
    media.src = `/recordings/${this.job.id}/media?copy=true`;
    media.currentTime = at;
    if (isPlaying) media.play();
  }

  say(trouble) {
    this.trouble = trouble;
    this.tell("trouble");
  }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

export const player = new Player();
