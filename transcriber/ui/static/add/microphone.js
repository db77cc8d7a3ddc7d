// The microphone, or another source, as 16-bit samples at 16 kHz, delivered as they come: what was said is in the
// program's hands even if the page is closed.
import { Delivery } from "./delivery.js";
import { SourceError, listenTo } from "./sound-sources.js";
import { t } from "../i18n.js";
import { get, post, send } from "../requests.js";

const RATE = 16000, USUAL_RATES = [48000, 44100], SIGN_OF_LIFE = 5000, PATIENCE = 3000, WAIT = 2000;

/** The microphones that there are; their names are known once one of them may be used. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) || [];
  return devices.filter((device) => device.kind === "audioinput" && device.deviceId);
}

export class Microphone {
  /** `source`: one of sound-sources.js; `on`: `time(seconds)`, `level(0 to 1)`, `trouble(sentence)` and its end (""),
   * `silence(sentence)` likewise, `lost(sentence)`: the device is gone. Throws an Error with a sentence; then nothing of it
   * is left. */
  static async start(source, device, on) {
    const microphone = new Microphone(source, on);
    try {
      await microphone.open(device);
      return microphone;
    } catch (error) {
      const sentence = whyNoMicrophone(error);
      microphone.close();
      if (microphone.id) await send("DELETE", `/jobs/${microphone.id}`).catch(() => {});
      throw new Error(sentence);
    }
  }

  constructor(source, on) {
    Object.assign(this, { source, on, samples: 0, streams: [], isPaused: false, heardAt: performance.now() });
  }

  /** The recording is made last: whatever fails before leaves none. */
  async open(device) {
    Object.assign(this, await listenTo(this.source, device));
    await this.connect();
    const { id, size } = await post("/microphone", { source: this.source });
    this.id = id;
    this.delivery = new Delivery(id, size, this.on.trouble);
    this.node.port.onmessage = (event) => this.take(event.data);
    this.join();
    for (const track of this.tracks) {
      const lost = () => this.on.lost(t(this.isMicrophone(track) ? "add.microphone_gone" : "add.shared.over"));
      track.addEventListener("ended", lost);
      if (track.readyState === "ended") setTimeout(lost);  // while this was begun
    }
    this.heart = setInterval(() => this.deliver(new ArrayBuffer(0)), SIGN_OF_LIFE);
    this.watch = setInterval(() => this.on.silence(this.isSilent ? t(this.source === "shared" ? "add.shared.silence" : "add.silence") : ""), 1000);
    addEventListener("pagehide", this.leave = () => navigator.sendBeacon(`/recordings/${id}/end`));
  }

  /** Some browsers join a microphone only with a context of its own rate, and not all tell it: then we bring it to ours. */
  async connect() {
    let failure;
    for (const sampleRate of new Set([RATE, undefined, this.tracks[0].getSettings().sampleRate, ...USUAL_RATES])) {
      try {
        return await this.prepare(new AudioContext(sampleRate && { sampleRate }));
      } catch (error) {
        this.context?.close().catch(() => {});
        failure ??= error;
      }
    }
    throw failure;
  }

  async prepare(context) {
    this.context = context;
    this.inputs = this.streams.map((stream) => context.createMediaStreamSource(stream));
    await context.audioWorklet.addModule(new URL("./microphone-worklet.js", import.meta.url)).catch(async (error) => {
      await get("/status");  // if the program is gone, it is that which is said
      throw error;
    });
    const channels = this.inputs.length;
    this.node = new AudioWorkletNode(context, "samples", { numberOfOutputs: 0, channelCount: channels, channelCountMode: "explicit", processorOptions: { rate: RATE, channels } });
    context.resume().catch(() => {});  // it may wait for ever: `watch` says that nothing is heard
  }

  /** Each source on a channel of its own. */
  join() {
    if (this.inputs.length === 1) { this.inputs[0].connect(this.node); return; }
    const merger = new ChannelMergerNode(this.context, { numberOfInputs: this.inputs.length });
    this.inputs.forEach((input, channel) => input.connect(merger, 0, channel));
    merger.connect(this.node);
  }

  /** One of sound for each channel. */
  get tracks() { return this.streams.map((stream) => stream.getAudioTracks()[0]); }

  isMicrophone(track) { return this.source !== "shared" && track === this.tracks[0]; }

  /** The device's name, where the browser tells it. */
  get label() { return this.tracks[0].label; }

  get isSilent() {
    return !this.isPaused && (performance.now() - this.heardAt > PATIENCE || this.tracks.every((track) => track.muted));
  }

  take({ block, level, flushed }) {
    if (flushed) return this.flushed();
    this.heardAt = performance.now();
    this.on.level(level);
    if (!block) return;
    this.samples += block.length / this.inputs.length;
    this.on.time(this.samples / RATE);
    this.deliver(block.buffer);
  }

  deliver(bytes) {
    this.delivery.follow(bytes).catch((error) => this.on.trouble(error.message));
  }

  /** The recording goes on without what is said into the microphone. */
  mute(isMuted) {
    this.tracks[0].enabled = !isMuted;
  }

  pause() {
    this.isPaused = true;
    return this.context.suspend();
  }

  resume() {
    this.isPaused = false;
    this.heardAt = performance.now();
    return this.context.resume();
  }

  /** Resolves once all of it has arrived, to whether anything was heard: of nothing, no recording is left. */
  async stop() {
    const flushed = new Promise((resolve) => { this.flushed = resolve; });
    await atMost(this.context.resume());
    this.release();
    this.node.port.postMessage("flush");
    await atMost(flushed);
    this.close();
    if (this.samples) await this.delivery.end();
    else await send("DELETE", `/jobs/${this.id}`);
    return this.samples > 0;
  }

  /** Lets go of the devices. */
  release() {
    for (const track of this.streams.flatMap((stream) => stream.getTracks())) track.stop();
  }

  /** Lets go of everything, however far it came. */
  close() {
    clearInterval(this.heart);
    clearInterval(this.watch);
    removeEventListener("pagehide", this.leave);
    this.release();
    this.context?.close().catch(() => {});
  }
}

/** What a browser without a sound device never ends is not waited for. */
const atMost = (promise) => Promise.race([promise.catch(() => {}), new Promise((resolve) => setTimeout(resolve, WAIT))]);

// Why there is no recording, in words: for whatever getUserMedia, AudioContext and AudioWorklet may throw.
// Source of the names: Media Capture and Streams, Web Audio API, Web IDL.
const NAMED = new Set(["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", "OverconstrainedError", "AbortError", "InvalidStateError", "NotSupportedError"]);

function whyNoMicrophone(error) {
  if ("status" in error || error instanceof SourceError) return error.message;
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return t("add.no_microphone.here");
  return NAMED.has(error.name) ? t(`add.no_microphone.${error.name}`) : t("add.no_microphone.other", { name: error.name });
}
