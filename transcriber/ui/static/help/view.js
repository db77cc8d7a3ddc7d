// How the program is used, what it does with recordings, and what is published of its models.
import { showKeys } from "../keyboard.js";
import { button, element, section } from "../elements.js";
import { t, number } from "../i18n.js";
import { languagesOf } from "../models/facts.js";
import { models } from "../models-feed.js";
import { get } from "../requests.js";

const STEPS = ["add", "choose", "wait", "listen", "correct", "export", "keep"], PRIVACY = ["offline", "frozen", "fast"];

class HelpView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page help");
    page.append(
      element("h1", t("page.help")), element("p", t("help.about"), "lead"),
      section(t("help.how"), list("ol", "steps", STEPS), button(t("help.keys"), () => showKeys(), "button")),
      section(t("help.privacy"), list("ul", "promises", PRIVACY), element("offline-proof")),
      section(t("help.models"), element("model-table")),
    );
    this.append(page);
  }
}

function list(tag, part, names) {
  const made = element(tag);
  made.append(...names.map((name) => element("li", t(`help.${part}.${name}`))));
  return made;
}

// What the publishers say of the models that are here.
const COLUMNS = ["model", "languages", "error_rate", "speed", "memory", "licence"];

class ModelTable extends HTMLElement {
  connectedCallback() {
    const scroll = element("div", "", "table"), table = element("table"), head = element("thead"), names = element("tr"), body = element("tbody");
    names.append(...COLUMNS.map((name) => Object.assign(element("th", t(`help.column.${name}`)), { scope: "col" })));
    head.append(names);
    table.append(head, body);
    scroll.append(table);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", t("help.models"));
    this.append(scroll, element("p", t("help.table"), "hint"));
    models.listen(() => body.replaceChildren(...models.models.filter(({ can_transcribe: can, state }) => can && state !== "missing").map(row)));
  }
}

function row(model) {
  const made = element("tr"), dash = "–", isPublished = model.wer && !model.is_demo;
  const cells = [languagesOf(model), isPublished ? `${number(model.wer, 1)} %` : dash, isPublished ? t("models.times", { n: number(model.rtfx) }) : dash, model.is_demo ? dash : t("models.gigabytes", { n: Math.max(1, Math.round(model.memory_gb)) }), model.licence];
  made.append(Object.assign(element("th", model.title), { scope: "row" }), ...cells.map((text) => element("td", text)));
  return made;
}

// Says what keeps the engine process from the network, as soon as it runs.
const KNOWN = ["kernel", "python"], WAIT = 2000;

class OfflineProof extends HTMLElement {
  async connectedCallback() {
    const { offline } = await get("/status").catch(() => ({ offline: "" }));
    this.textContent = KNOWN.includes(offline) ? t(`help.proof.${offline}`) : "";
    if (!offline && this.isConnected) setTimeout(() => this.connectedCallback(), WAIT);
  }
}

customElements.define("model-table", ModelTable);
customElements.define("offline-proof", OfflineProof);
customElements.define("help-view", HelpView);
