// Brings a recording to the program piece by piece, in order, each until it has arrived: a program that was killed and
// started again gets the rest.
import { t } from "../i18n.js";
import { post, send } from "../requests.js";

const PIECE = 8 << 20, WAIT = 1000, AT_ONCE = 3;
const ANOTHER_RECORDING = 412;

/** The file cannot be read: a sentence for the user. */
export class FileError extends Error {}

/** What has arrived is the beginning of another file. */
export class OtherFileError extends Error {}

/** Files that are being sent, and those that wait: a browser asks only some things at once. */
let sending = 0;
const waiting = [];

export class Delivery {
  /** `offset`: the byte at which the next piece begins; `onTrouble` gets a sentence, or "" when all is well again. */
  constructor(id, offset, onTrouble) {
    Object.assign(this, { id, offset, onTrouble, isOver: false, held: [] });
    this.last = Promise.resolve();
  }

  /** Resolves when all pieces so far have arrived. */
  piece(content, size) {
    const offset = this.offset;
    this.offset += size;
    this.last = this.last.then(() => this.insist(() => send("PUT", `/recordings/${this.id}?offset=${offset}`, content)));
    return this.last;
  }

  /** The same of something small: what comes while another piece is on its way goes with the next. */
  follow(content) {
    this.held.push(content);
    this.flowing ??= this.flow().finally(() => { this.flowing = null; });
    return this.flowing;
  }

  async flow() {
    while (this.held.length) {
      const content = new Blob(this.held.splice(0));
      await this.piece(content, content.size);
    }
  }

  async end() {
    await this.flowing;
    await this.last;
    await this.insist(() => post(`/recordings/${this.id}/end`));
  }

  /** All of a file, in its turn. The program compares what it has of it already. Throws FileError, OtherFileError. */
  async file(file) {
    if (sending >= AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
    else sending += 1;
    try {
      while (this.offset < file.size && !this.isOver) {
        const content = await bytes(file, this.offset, Math.min(file.size, this.offset + PIECE));
        await this.piece(content, content.byteLength);
      }
      if (!this.isOver) await this.end();
    } finally {
      if (waiting.length) waiting.shift()(); else sending -= 1;
    }
  }

  /** Tries until it works, the recording was removed, or the request itself was wrong. */
  async insist(request) {
    while (!this.isOver) {
      try {
        await request();
        return this.onTrouble("");
      } catch (error) {
        if (this.isOver) return;
        if (error.status === ANOTHER_RECORDING) throw new OtherFileError(error.message);
        if (error.status >= 400 && error.status < 500) throw error;
        this.onTrouble(error.message);
        await new Promise((resolve) => setTimeout(resolve, WAIT));
      }
    }
  }
}

/** A part of a file. Read before it is sent: else a file that cannot be read looks like a program that does not answer. */
async function bytes(file, from, to) {
  let content;
  try {
    content = await file.slice(from, to).arrayBuffer();
  } catch (error) {
    throw new FileError(t(error.name === "NotFoundError" ? "add.file_gone" : "add.file_changed"));
  }
  if (content.byteLength < to - from) throw new FileError(t("add.file_shorter"));
  return content;
}
