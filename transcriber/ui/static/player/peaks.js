// How loud the recording is: a peak for each tenth of a second, as far as it was heard; it grows.
const PEAKS_PER_SECOND = 10;

export class Peaks {
  /** `onMore` is called when there is more. */
  constructor(onMore) { Object.assign(this, { onMore, id: null, bytes: new Uint8Array(), heard: -1 }); }

  /** Those of a job, as far as it is done. */
  show(job) {
    if (job?.id !== this.id) Object.assign(this, { id: job?.id ?? null, bytes: new Uint8Array(), heard: -1 });
    this.done = job?.done ?? this.heard;
    if (!job || this.done === this.heard || this.isAsking) return;
    this.heard = this.done;
    this.ask(job.id);
  }

  async ask(id) {
    this.isAsking = true;
    try {
      const answer = await fetch(`/recordings/${id}/waveform?start=${this.bytes.length}`), more = answer.ok ? new Uint8Array(await answer.arrayBuffer()) : [];
      if (id !== this.id || !more.length) return;
      const all = new Uint8Array(this.bytes.length + more.length);
      all.set(this.bytes);
      all.set(more, this.bytes.length);
      this.bytes = all;
      this.onMore();
    } catch {
      this.heard = -1;  // the feed tells that nobody answers; asked again with its next word
    } finally {
      this.isAsking = false;
      if (this.heard >= 0 && this.id) this.show({ id: this.id, done: this.done });  // it may have gone on meanwhile
    }
  }

  /** The second up to which it was heard. */
  get end() { return this.bytes.length / PEAKS_PER_SECOND; }

  /** How loud it is between two seconds: the mean of the peaks, 0 to 255. */
  between(start, end) {
    const first = Math.floor(start * PEAKS_PER_SECOND), last = Math.min(this.bytes.length, Math.max(first + 1, Math.ceil(end * PEAKS_PER_SECOND)));
    let sum = 0;
    for (let place = first; place < last; place += 1) sum += this.bytes[place];
    return last > first ? sum / (last - first) : 0;
  }
}
