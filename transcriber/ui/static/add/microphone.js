// The microphone as 16-bit samples at 16 kHz, delivered as they come: what was said is in the program's hands even if
// the page is closed.
import { Delivery } from "./delivery.js";
import { t } from "../i18n.js";
import { get, post, send } from "../requests.js";

const RATE = 16000, USUAL_RATES = [48000, 44100], SIGN_OF_LIFE = 5000, PATIENCE = 3000, WAIT = 2000;

/** The microphones that there are; their names are known once one of them may be used. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) || [];
  return devices.filter((device) => device.kind === "audioinput" && device.deviceId);
}

export class Microphone {
  /** `on`: `time(seconds)`, `level(0 to 1)`, `trouble(sentence)` and its end (""), `silence(sentence)` likewise,
   * `lost()`: the device is gone. Throws an Error with a sentence; then nothing of it is left. */
  static async start(device, on) {
    const microphone = new Microphone(on);
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

  constructor(on) {
    Object.assign(this, { on, samples: 0, usesAnother: false, isPaused: false, heardAt: performance.now() });
  }

  /** The recording is made last: whatever fails before leaves none. */
  async open(device) {
    this.stream = await this.listen(device);
    await this.connect();
    const { id, size } = await post("/microphone");
    this.id = id;
    this.delivery = new Delivery(id, size, this.on.trouble);
    this.node.port.onmessage = (event) => this.take(event.data);
    this.source.connect(this.node);
    this.stream.getTracks()[0].addEventListener("ended", this.on.lost);
    this.heart = setInterval(() => this.deliver(new ArrayBuffer(0)), SIGN_OF_LIFE);
    this.watch = setInterval(() => this.on.silence(this.isSilent ? t("add.silence") : ""), 1000);
    addEventListener("pagehide", this.leave = () => navigator.sendBeacon(`/recordings/${id}/end`));
  }

  /** The chosen device, or where it is gone or busy the system's usual one. */
  async listen(device) {
    const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false };
    const ask = (audio) => navigator.mediaDevices.getUserMedia({ audio });
    if (!device) return ask(wanted);
    try {
      return await ask({ ...wanted, deviceId: { exact: device } });
    } catch (error) {
      if (["NotAllowedError", "SecurityError"].includes(error.name)) throw error;
      const stream = await ask(wanted);
      this.usesAnother = true;
      return stream;
    }
  }

  /** Some browsers join a microphone only with a context of its own rate, and not all tell it: then we bring it to ours. */
  async connect() {
    const [track] = this.stream.getAudioTracks();
    let failure;
    for (const sampleRate of new Set([RATE, undefined, track.getSettings().sampleRate, ...USUAL_RATES])) {
      try {
        return await this.join(new AudioContext(sampleRate && { sampleRate }));
      } catch (error) {
        this.context?.close().catch(() => {});
        failure ??= error;
      }
    }
    throw failure;
  }

  async join(context) {
    this.context = context;
    this.source = context.createMediaStreamSource(this.stream);
    await context.audioWorklet.addModule(new URL("./microphone-worklet.js", import.meta.url)).catch(async (error) => {
      await get("/status");  // if the program is gone, it is that which is said
      throw error;
    });
    this.node = new AudioWorkletNode(context, "samples", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit", processorOptions: { rate: RATE } });
    context.resume().catch(() => {});  // it may wait for ever: `watch` says that nothing is heard
  }

  /** The device's name, where the browser tells it. */
  get label() { return this.stream.getTracks()[0].label; }

  get isSilent() {
    return !this.isPaused && (performance.now() - this.heardAt > PATIENCE || this.stream.getTracks()[0].muted);
  }

  take({ block, level, flushed }) {
    if (flushed) return this.flushed();
    this.heardAt = performance.now();
    this.on.level(level);
    if (!block) return;
    this.samples += block.length;
    this.on.time(this.samples / RATE);
    this.deliver(block.buffer);
  }

  deliver(bytes) {
    this.delivery.follow(bytes).catch((error) => this.on.trouble(error.message));
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
    this.stream.getTracks().forEach((track) => track.stop());
    this.node.port.postMessage("flush");
    await atMost(flushed);
    this.close();
    if (this.samples) await this.delivery.end();
    else await send("DELETE", `/jobs/${this.id}`);
    return this.samples > 0;
  }

  /** Lets go of everything, however far it came. */
  close() {
    clearInterval(this.heart);
    clearInterval(this.watch);
    removeEventListener("pagehide", this.leave);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close().catch(() => {});
  }
}

/** What a browser without a sound device never ends is not waited for. */
const atMost = (promise) => Promise.race([promise.catch(() => {}), new Promise((resolve) => setTimeout(resolve, WAIT))]);

// Why there is no recording, in words: for whatever getUserMedia, AudioContext and AudioWorklet may throw.
// Source of the names: Media Capture and Streams, Web Audio API, Web IDL.
const NAMED = new Set(["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", "OverconstrainedError", "AbortError", "InvalidStateError", "NotSupportedError"]);

function whyNoMicrophone(error) {
  if ("status" in error) return error.message;  // of a request of ours: a sentence already
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return t("add.no_microphone.here");
  return NAMED.has(error.name) ? t(`add.no_microphone.${error.name}`) : t("add.no_microphone.other", { name: error.name });
}
