// What is said of a model.
import { element } from "../elements.js";
import { language, languageName, number, t } from "../i18n.js";
import { models } from "../models-feed.js";

const KINDS = { "Live captions": "captions", Speakers: "speakers", "Voice activity": "speech" };
const MOST_NAMED = 4;
const UNITS = [[1e9, "gigabyte"], [1e6, "megabyte"], [0, "kilobyte"]];

/** A size as people write it: "2.5 GB". */
export function size(bytes) {
  const [factor, unit] = UNITS.find(([least]) => bytes >= least), value = bytes / (factor || 1e3);
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/** A time as people write it: "3 min". */
export function time(seconds) {
  const unit = (value, name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);
  if (seconds < 60) return unit(Math.max(1, seconds), "second");
  if (seconds < 3600) return unit(seconds / 60, "minute");
  return `${unit(Math.floor(seconds / 3600), "hour")} ${unit(Math.round((seconds % 3600) / 60), "minute")}`;
}

/** "German", or "25 languages". */
export function languagesOf({ language_codes: codes }) {
  return codes.length > MOST_NAMED ? t("models.languages", { n: codes.length }) : codes.map(languageName).join(", ");
}

/** What it is for, in a line: "25 languages, finds which one is spoken". */
export function saying(model) {
  if (model.category in KINDS) return t(`models.kind.${KINDS[model.category]}`);
  const codes = model.language_codes, spoken = languagesOf(model);
  const choice = models.choices.find((one) => one.model === model.name);
  const parts = [spoken, choice?.capabilities.detects_language && codes.length > 1 && t("models.detects")];
  if (!model.fits) parts.push(t("models.needs", { needed: Math.ceil(model.memory_gb), there: Math.floor(models.memory_here_gb) }));
  return parts.filter(Boolean).join(". ");
}

/** Five squares and a word. */
export function accuracy(model) {
  const cell = element("div", "", "cell accuracy");
  if (!model.accuracy || model.is_demo) return nothing(cell);
  const pips = element("span", "", "pips");
  pips.setAttribute("aria-hidden", "true");
  for (let step = 1; step <= 5; step += 1) pips.append(element("i", "", step <= model.accuracy ? "full" : ""));
  cell.append(pips, titled(t("models.accuracy"), t(`models.steps.${model.accuracy}`), "small"));
  return cell;
}

/** How many times faster than speech, measured here, or what may be expected. */
export function speed(model) {
  const cell = element("div", "", "cell num"), known = model.speed_here || model.speed_estimate;
  if (!known) return nothing(cell);
  const times = t("models.times", { n: number(known, known < 3 ? 1 : 0) });
  cell.append(titled(t("models.speed"), model.speed_here ? times : t("models.about", { what: times })), element("small", model.speed_here ? t("models.hour", { time: time(3600 / known) }) : t("models.estimated")));
  return cell;
}

export function sizeOf(model) {
  const bytes = model.size || model.download_size;
  const cell = element("div", "", "cell size num");
  if (!bytes) return nothing(cell);
  cell.append(titled(t("models.size"), size(bytes)));
  return cell;
}

function nothing(cell) {
  const dash = element("span", "–");
  dash.setAttribute("aria-hidden", "true");
  cell.classList.add("none");
  cell.append(dash);
  return cell;
}

/** A value, with what it is for those who do not see the head of its column. */
function titled(name, text, tag = "span") {
  const made = element(tag);
  made.append(element("span", `${name}: `, "visually-hidden"), text);
  return made;
}

/** [name, value] of what else is known. */
export function details(model) {
  const { needs, published, frozen } = { needs: !model.is_demo && model.state !== "built-in", published: model.wer && !model.is_demo, frozen: model.age_days !== null && model.state !== "missing" };
  return [
    [t("models.state_title"), t(`models.state.${model.state.replace("-", "_")}`)],
    [t("models.licence"), model.licence],
    frozen && [t("models.frozen_title"), t("models.frozen", { n: Math.floor(model.age_days) })],
    needs && [t("models.memory"), t("models.gigabytes", { n: Math.max(1, Math.round(model.memory_gb)) })],
    needs && [t("models.parameters"), t("models.millions", { n: Math.round(model.parameters) })],
    published && [t("models.error_rate"), `${number(model.wer, 1)} %`],
    published && [t("models.published_speed"), t("models.times", { n: number(model.rtfx) })],
    published && [t("models.source"), model.published],
  ].filter(Boolean);
}
