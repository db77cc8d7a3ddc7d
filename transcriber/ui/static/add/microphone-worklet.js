// Runs in the audio thread: brings the sound to the rate that is wanted, collects half a second of samples and hands it
// over as 16-bit integers, those of the channels in turn; tells the level ten times a second.
const BLOCKS_PER_SECOND = 2, LEVELS_PER_SECOND = 10;
const ZEROS = 24, STEPS = 256, CUTOFF = 0.94;

class Samples extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate, channels } }) {
    super();
    this.resamplers = sampleRate === rate ? null : Array.from({ length: channels }, () => new Resampler(sampleRate, rate));
    this.block = new Int16Array((channels * rate) / BLOCKS_PER_SECOND);
    this.levelEvery = (channels * rate) / LEVELS_PER_SECOND;
    this.filled = 0;
    this.level = 0;
    this.port.onmessage = () => { this.hand(); this.port.postMessage({ flushed: true }); };
  }

  hand() {
    if (this.filled) this.port.postMessage({ level: this.level, block: this.block.slice(0, this.filled) });
    this.filled = 0;
    this.level = 0;
  }

  process([heard]) {
    const channels = this.resamplers ? heard.map((channel, place) => this.resamplers[place].push(channel)) : heard;
    for (let place = 0; place < (channels[0]?.length || 0); place++) {
      for (const channel of channels) this.take(channel[place]);
    }
    return true;
  }

  take(sample) {
    this.level = Math.max(this.level, Math.abs(sample));
    this.block[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.filled === this.block.length) this.hand();
    else if (this.filled % this.levelEvery === 0) { this.port.postMessage({ level: this.level }); this.level = 0; }
  }
}

/** Another sampling rate, block by block: a low-pass of windowed sinc, interpolated (J. O. Smith, Digital Audio Resampling). */
class Resampler {
  /** From and to so many samples a second. */
  constructor(from, to) {
    this.step = from / to;
    this.low = CUTOFF * Math.min(1, to / from);
    this.reach = Math.ceil(ZEROS / this.low);
    this.kernel = Float32Array.from({ length: ZEROS * STEPS + 2 }, (_, place) => weight(place / STEPS));
    this.waiting = new Float32Array(this.reach);
    /** Where the next sample lies in `waiting`. */
    this.at = this.reach;
  }

  /** The samples that these, behind those before, suffice for. */
  push(samples) {
    const known = new Float32Array(this.waiting.length + samples.length), made = [];
    known.set(this.waiting);
    known.set(samples, this.waiting.length);
    for (; this.at + this.reach < known.length; this.at += this.step) made.push(this.sample(known));
    const over = Math.max(0, Math.floor(this.at) - this.reach);
    this.waiting = known.slice(over);
    this.at -= over;
    return made;
  }

  sample(known) {
    const last = Math.floor(this.at + this.reach);
    let sum = 0;
    for (let place = Math.ceil(this.at - this.reach); place <= last; place++) {
      const where = Math.min(ZEROS, Math.abs(place - this.at) * this.low) * STEPS, below = Math.floor(where);
      sum += known[place] * (this.kernel[below] + (where - below) * (this.kernel[below + 1] - this.kernel[below]));
    }
    return sum * this.low;
  }
}

/** The sinc at so many zero crossings from its middle, under a Blackman window. */
function weight(crossings) {
  if (crossings >= ZEROS) return 0;
  const sinc = crossings ? Math.sin(Math.PI * crossings) / (Math.PI * crossings) : 1, turn = (Math.PI * crossings) / ZEROS;
  return sinc * (0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
}

registerProcessor("samples", Samples);
