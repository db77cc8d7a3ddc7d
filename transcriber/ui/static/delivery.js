// Brings a recording to the program piece by piece, in order, each until it has arrived: a program that was killed and
// started again gets the rest.
import { post, send } from "./requests.js";

const PIECE = 8 << 20, WAIT = 1000;

export class Delivery {
  /** `offset`: the byte at which the next piece begins; `onTrouble` gets a sentence, or "" when all is well again. */
  constructor(id, offset, onTrouble) {
    Object.assign(this, { id, offset, onTrouble, isOver: false });
    this.last = Promise.resolve();
  }

  /** Resolves when all pieces so far have arrived. */
  piece(content, size) {
    const offset = this.offset;
    this.offset += size;
    this.last = this.last.then(() => this.insist(() => send("PUT", `/recordings/${this.id}?offset=${offset}`, content)));
    return this.last;
  }

  async end() {
    await this.last;
    await this.insist(() => post(`/recordings/${this.id}/end`));
  }

  async file(file) {
    while (this.offset < file.size && !this.isOver) {
      const piece = file.slice(this.offset, this.offset + PIECE);
      await this.piece(piece, piece.size);
    }
    if (!this.isOver) await this.end();
  }

  /** Tries until it works, the recording was removed, or the request itself was wrong. */
  async insist(request) {
    while (!this.isOver) {
      try {
        await request();
        return this.onTrouble("");
      } catch (error) {
        if (this.isOver) return;
        if (error.status >= 400 && error.status < 500) throw error;
        this.onTrouble(error.message);
        await new Promise((resolve) => setTimeout(resolve, WAIT));
      }
    }
  }
}
