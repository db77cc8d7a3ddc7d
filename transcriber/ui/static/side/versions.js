// The versions of a transcript: which is shown, by which model each was made, what was corrected in it.
import { arrange, button, element } from "../elements.js";
import { clock } from "../format.js";
import { ago, t, when } from "../i18n.js";
import { go, addressOf, route } from "../router.js";
import { toast } from "../messages.js";
import { doc } from "../document/open-document.js";
import { takePart } from "../document/again.js";
import { compare } from "./compare.js";
import { panelSection } from "./section.js";

const WHEN = { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" };

export class VersionList {
  constructor() {
    const { section, badge } = panelSection(t("panel.versions"), "versions");
    Object.assign(this, { section, rows: new Map() });
    this.compare = button(t("panel.compare"), () => compare(), "button quiet");
    badge.append(this.compare);
    this.list = element("ul");
    this.list.setAttribute("role", "radiogroup");
    this.list.setAttribute("aria-label", t("panel.versions"));
    section.append(this.list);
    this.list.addEventListener("keydown", (event) => this.pressed(event));
  }

  paint() {
    const { detail } = doc, shown = choices(detail);
    this.section.hidden = !shown.length;
    this.compare.hidden = (detail?.transcripts || []).length < 2;
    this.rows = new Map(shown.map((version) => [version.key, this.row(version)]));
    arrange(this.list, [...this.rows.values()].map(({ item }) => item));
  }

  row(version) {
    const row = this.rows.get(version.key) || made(() => this.choose(version)), isShown = isOpen(version);
    row.choice.ariaChecked = String(isShown);
    row.choice.tabIndex = isShown ? 0 : -1;
    row.choose = () => this.choose(version);
    row.item.classList.toggle("on", isShown);
    row.name.textContent = nameOf(version);
    row.facts.textContent = factsOf(version);
    row.take.hidden = !version.part || isShown;
    row.take.onclick = () => takePart(version);
    return row;
  }

  async choose(version) {
    if (isOpen(version)) return;
    const { id, key, part } = version, { n, original, ...params } = route.params;
    try {
      if (id && id !== doc.number && !part) await doc.choose(id);
      go(addressOf(doc.id, { ...params, n: id === 0 || part ? id : undefined, original: version.isOriginal ? 1 : undefined }), { replace: true });
      this.rows.get(key)?.choice.focus();
    } catch (error) {
      toast(error.message);
    }
  }

  pressed(event) {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key], keys = [...this.rows.keys()];
    if (!by || !event.target.matches("[role=radio]")) return;
    event.preventDefault();
    event.stopPropagation();
    const next = keys[(keys.findIndex((key) => this.rows.get(key).choice === event.target) + by + keys.length) % keys.length];
    this.rows.get(next).choice.focus();
    this.rows.get(next).choose();
  }
}

function made(onChoose) {
  const item = element("li", "", "version"), choice = button("", onChoose), name = element("b"), facts = element("small"), take = button(t("panel.take"), () => {}, "link");
  item.setAttribute("role", "presentation");
  choice.setAttribute("role", "radio");
  choice.append(element("span", "", "dot"), name, facts);
  item.append(choice, take);
  return { item, choice, name, facts, take };
}

/** All that can be shown, the newest first; of one that was corrected, also what was heard. */
function choices(detail) {
  if (!detail) return [];
  const versions = [...(detail.transcripts || [])].reverse().flatMap((version) => {
    const edits = version.id === detail.number && !doc.isOriginal ? detail.edits : version.edits, yours = { ...version, edits, key: `${version.id}` };
    return edits ? [yours, { ...version, edits: 0, isOriginal: true, key: `${version.id} as heard` }] : [yours];
  });
  return detail.unfinished ? [{ id: 0, key: "0", unfinished: detail.unfinished }, ...versions] : versions;
}

const isOpen = ({ id, isOriginal = false }) => id === (doc.number ?? 0) && isOriginal === doc.isOriginal;

function nameOf({ unfinished, part, edits, isOriginal, title }) {
  if (unfinished) return t(doc.job?.state === "queued" ? "library.queued" : "panel.unfinished");
  if (part && !edits) return t("panel.part", { start: clock(part[0]), end: clock(part[1]) });
  return edits ? t("panel.yours") : isOriginal ? t("panel.asHeard") : title;
}

function factsOf(version) {
  const { unfinished, title, created_at: at, edits } = version;
  if (unfinished) return [unfinished.title, unfinished.done ? clock(unfinished.done) : ""].filter(Boolean).join(", ");
  const isNamed = !edits && !version.isOriginal && !version.part, heard = [isNamed ? "" : title, version.is_live ? t("panel.live") : "", when(at, WHEN)].filter(Boolean).join(", "), last = isOpen(version) && doc.detail.edited_at ? t("panel.lastEdit", { ago: ago(doc.detail.edited_at) }) : "";
  return edits ? `${t("panel.corrections", { n: edits })}${last}. ${heard}` : heard;
}
