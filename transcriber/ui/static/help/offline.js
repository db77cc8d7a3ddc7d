// Says what keeps the engine process from the network, as soon as it runs.
import { t } from "../i18n.js";
import { get } from "../requests.js";

const KNOWN = ["kernel", "python"], WAIT = 2000;

export class OfflineProof extends HTMLElement {
  async connectedCallback() {
    const { offline } = await get("/status").catch(() => ({ offline: "" }));
    this.textContent = KNOWN.includes(offline) ? t(`help.proof.${offline}`) : "";
    if (!offline && this.isConnected) setTimeout(() => this.connectedCallback(), WAIT);
  }
}
