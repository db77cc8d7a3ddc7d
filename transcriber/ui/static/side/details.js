// How a transcript was made, for those who want to know.
import { element } from "../elements.js";
import { bytes, clock, title } from "../format.js";
import { icon } from "../icons.js";
import { languageName, number, t } from "../i18n.js";
import { doc } from "../document/open-document.js";

export class Details {
  constructor() {
    this.section = element("section");
    this.section.setAttribute("aria-label", t("panel.details"));
    const details = element("details"), summary = element("summary", t("panel.details"));
    summary.append(icon("right"));
    this.facts = element("dl", "", "facts");
    this.notes = element("ul", "", "notes");
    details.append(summary, this.facts, this.notes);
    this.section.append(details);
  }

  paint() {
    const { detail, job } = doc;
    this.section.hidden = !detail || !job;
    if (!detail || !job) return;
    this.facts.replaceChildren(...facts(detail, job).flatMap(([name, value]) => { const given = element("dd", value); given.dir = "auto"; return [element("dt", t(`panel.facts.${name}`)), given]; }));
    this.notes.replaceChildren(...(detail.notes || []).map((note) => element("li", note)));
  }
}

function facts(detail, job) {
  const { coverage, elapsed, duration } = detail, isMade = Boolean(elapsed && duration);
  const size = job.size == null ? job.name : `${job.name}, ${bytes(job.size)}`;
  return [
    ["model", detail.model && title(detail.model)],
    ["language", detail.language && languageName(detail.language)],
    ["covered", coverage?.speech ? `${number(100 * (1 - coverage.uncovered.reduce((sum, [start, end]) => sum + end - start, 0) / coverage.speech), 1)} %` : ""],
    ["took", isMade && t(detail.device?.startsWith("cuda") ? "panel.onGpu" : "panel.onCpu", { time: elapsed < 90 ? `${number(elapsed)} s` : clock(elapsed) })],
    ["speed", isMade && t("panel.rtfx", { n: duration / elapsed })],
    ["length", duration && clock(duration)],
    ["computed", detail.compute_type],
    ["file", size],
  ].filter(([, value]) => value);
}
