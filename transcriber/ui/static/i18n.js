// What the page says, in the language of the browser or the one that was chosen: a file a language in languages/.
import { settings } from "./settings-feed.js";

/** Their names in themselves, by their codes. */
export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", fr: "Français" };

await settings.known;
const wanted = [settings.page.language, ...navigator.languages.map((tag) => tag.split("-")[0])];
/** The code of the language that the page speaks. */
export const language = wanted.find((code) => code in LANGUAGES) || "en";
const texts = (await import(`./languages/${language}.js`)).default;
/** The page's language as the browser's user writes it, with the dates of that country. */
const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) || language;
const plurals = new Intl.PluralRules(language), names = new Intl.DisplayNames(language, { type: "language" });
document.documentElement.lang = language;

/** The text `key`, as "library.add", with {name} in it replaced by the value of that name. A text with forms for numbers, as
 * { one, other }, is chosen by the value `n`. A key without a text is a mistake, and is shown as it is. */
export function t(key, values = {}) {
  const found = key.split(".").reduce((part, name) => part?.[name], texts) ?? key;
  const text = typeof found === "string" ? found : found[plurals.select(values.n)] ?? found.other ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? said(values[name]) : whole));
}

/** The same as nodes: what stands in its places are elements. */
export function filled(key, elements) {
  return t(key).split(/\{(\w+)\}/).map((part, place) => (place % 2 ? elements[part] : part)).filter((part) => part);
}

function said(value) {
  return typeof value === "number" ? value.toLocaleString(language, { maximumFractionDigits: 1 }) : value;
}

/** What a spoken language is called, by its code. */
export function languageName(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A number as it is written in the page's language. */
export const number = (value, digits = 0) => value.toLocaleString(language, { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** Seconds since 1970 as a day and a time; `options` as Intl.DateTimeFormat takes them. */
export const when = (seconds, options = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" }) =>
  new Date(1000 * seconds).toLocaleString(locale, options);

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** How long ago a moment, in seconds since 1970, was. */
export function ago(seconds) {
  const passed = Date.now() / 1000 - seconds, [unit, length] = STEPS.find(([, least]) => passed >= least) || ["second", 1];
  return unit === "second" ? relative.format(0, "second") : relative.format(-Math.floor(passed / length), unit);
}
