// What the publishers say of the models that are here.
import { element } from "../elements.js";
import { number, t } from "../i18n.js";
import { languagesOf } from "../models/facts.js";
import { models } from "../models-feed.js";

const COLUMNS = ["model", "languages", "error_rate", "speed", "memory", "licence"];

export class ModelTable extends HTMLElement {
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
