// The microphone as 16-bit samples at 16 kHz, sent block by block, in order, each until it has arrived:
// what was said is in the program's hands even if the page is closed.
import { post, send } from "./requests.js";

const RATE = 16000, ATTEMPTS = 20, WAIT = 500;

export class Microphone {
  static async start(onTime) {
    if (!navigator.mediaDevices) throw new Error("This browser offers no microphone here.");
    const microphone = new Microphone();
    microphone.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false } });
    microphone.id = (await post("/microphone", {})).id;
    microphone.context = new AudioContext({ sampleRate: RATE });
    await microphone.context.audioWorklet.addModule("/page/microphone-worklet.js");
    microphone.node = new AudioWorkletNode(microphone.context, "samples", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    microphone.sent = Promise.resolve();
    microphone.index = 0;
    microphone.samples = 0;
    microphone.node.port.onmessage = (event) => {
      if (event.data === null) return microphone.flushed();
      microphone.samples += event.data.length;
      onTime(microphone.samples / RATE);
      microphone.post(event.data);
    };
    microphone.context.createMediaStreamSource(microphone.stream).connect(microphone.node);
    return microphone;
  }

  post(block) {
    const address = `/microphone/${this.id}/blocks/${this.index++}`;
    this.sent = this.sent.then(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await send("POST", address, block, { "content-type": "application/octet-stream" });
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
          await new Promise((resolve) => setTimeout(resolve, WAIT));
        }
      }
    });
  }

  /** The id of the recording, once all of it has arrived. */
  async stop() {
    const flushed = new Promise((resolve) => { this.flushed = resolve; });
    this.node.port.postMessage("flush");
    await flushed;
    this.stream.getTracks().forEach((track) => track.stop());
    await this.context.close();
    await this.sent;
    return (await post(`/microphone/${this.id}/end`, {})).id;
  }
}
