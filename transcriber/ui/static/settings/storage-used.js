// How much of the disk is used, and for what.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { size } from "../models/facts.js";
import { get } from "../requests.js";
import { onRoute } from "../router.js";

const PARTS = ["recordings", "transcripts", "models", "bin", "free"];

export class StorageUsed extends HTMLElement {
  connectedCallback() {
    this.list = element("dl", "", "facts");
    this.append(this.list);
    onRoute(({ view }) => { if (view === "settings") this.load(); });
  }

  async load() {
    const used = await get("/settings/storage").catch(() => null);
    this.closest("section").hidden = !used;
    const parts = PARTS.filter((name) => used && name in used);
    this.list.replaceChildren(...parts.flatMap((name) => [element("dt", t(`settings.used.${name}`)), element("dd", size(used[name]))]));
  }
}
