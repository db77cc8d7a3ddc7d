// The microphone as 16-bit samples at 16 kHz, delivered as they come: what was said is in the program's hands even if
// the page is closed.
import { Delivery } from "./delivery.js";
import { post } from "./requests.js";

const RATE = 16000, SIGN_OF_LIFE = 5000;

/** The microphones that there are; their names are known once one of them may be used. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) || [];
  return devices.filter((device) => device.kind === "audioinput" && device.deviceId);
}

export class Microphone {
  /** `on`: `time(seconds)`, `level(0 to 1)`, `trouble(sentence)`, `lost()`: the device is gone. */
  static async start(device, on) {
    if (!navigator.mediaDevices) throw new Error("This browser offers no microphone here.");
    const microphone = new Microphone();
    const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false };
    if (device) wanted.deviceId = { exact: device };
    microphone.stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    microphone.on = on;
    microphone.context = new AudioContext({ sampleRate: RATE });
    await microphone.context.audioWorklet.addModule("/page/microphone-worklet.js");
    const { id, size } = await post("/microphone");
    microphone.id = id;
    microphone.delivery = new Delivery(id, size, on.trouble);
    microphone.samples = 0;
    microphone.node = new AudioWorkletNode(microphone.context, "samples", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    microphone.node.port.onmessage = (event) => microphone.take(event.data);
    microphone.context.createMediaStreamSource(microphone.stream).connect(microphone.node);
    microphone.stream.getTracks()[0].addEventListener("ended", on.lost);
    microphone.heart = setInterval(() => microphone.deliver(new ArrayBuffer(0)), SIGN_OF_LIFE);
    addEventListener("pagehide", microphone.leave = () => navigator.sendBeacon(`/recordings/${id}/end`));
    return microphone;
  }

  take({ block, level, flushed }) {
    if (flushed) return this.flushed();
    this.on.level(level);
    if (!block) return;
    this.samples += block.length;
    this.on.time(this.samples / RATE);
    this.deliver(block.buffer);
  }

  deliver(bytes) {
    this.delivery.piece(bytes, bytes.byteLength).catch((error) => this.on.trouble(error.message));
  }

  pause() { return this.context.suspend(); }
  resume() { return this.context.resume(); }

  /** Resolves once all of it has arrived. */
  async stop() {
    clearInterval(this.heart);
    removeEventListener("pagehide", this.leave);
    await this.context.resume();
    const flushed = new Promise((resolve) => { this.flushed = resolve; });
    this.stream.getTracks().forEach((track) => track.stop());
    this.node.port.postMessage("flush");
    await flushed;
    await this.context.close();
    await this.delivery.end();
  }
}
