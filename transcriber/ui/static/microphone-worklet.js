// Runs in the audio thread: collects half a second of samples and hands it over as 16-bit integers.
const BLOCK = 8000;

class Samples extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.port.onmessage = () => { this.hand(); this.port.postMessage(null); };
  }

  hand() {
    if (this.filled) this.port.postMessage(this.block.slice(0, this.filled));
    this.filled = 0;
  }

  process([[channel]]) {
    for (const sample of channel || []) {
      this.block[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled === BLOCK) this.hand();
    }
    return true;
  }
}

registerProcessor("samples", Samples);
