// Says what keeps the engine process from the network, as soon as it runs.
import { get } from "./requests.js";

const WORDS = {
  kernel: "Right now: the engine process has no network; the operating system's kernel took it away.",
  python: "Right now: this system cannot take a process's network away, so a guard inside the engine process refuses every connection.",
};

export class OfflineProof extends HTMLElement {
  async connectedCallback() {
    const { offline } = await get("/status").catch(() => ({ offline: "" }));
    this.textContent = WORDS[offline] || "";
    if (!offline && this.isConnected) setTimeout(() => this.connectedCallback(), 2000);
  }
}
