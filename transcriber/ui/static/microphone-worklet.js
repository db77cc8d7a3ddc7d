// Runs in the audio thread: collects half a second of samples and hands it over as 16-bit integers; tells the level
// ten times a second.
const BLOCK = 8000, LEVEL_EVERY = 1600;

class Samples extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.level = 0;
    this.port.onmessage = () => { this.hand(); this.port.postMessage({ flushed: true }); };
  }

  hand() {
    if (this.filled) this.port.postMessage({ level: this.level, block: this.block.slice(0, this.filled) });
    this.filled = 0;
    this.level = 0;
  }

  process([[channel]]) {
    for (const sample of channel || []) {
      this.level = Math.max(this.level, Math.abs(sample));
      this.block[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled === BLOCK) this.hand();
      else if (this.filled % LEVEL_EVERY === 0) { this.port.postMessage({ level: this.level }); this.level = 0; }
    }
    return true;
  }
}

registerProcessor("samples", Samples);
