// The second line of a recording in the list: what is in it, or what is being done with it.
import { element } from "../elements.js";
import { clock, roughly } from "../format.js";
import { language, languageName, t } from "../i18n.js";
import { icon } from "../icons.js";
import { colour } from "../side/colours.js";

const DOTS = 4, DAY = 24 * 60 * 60 * 1000;

/** The elements of the second line. */
export function secondLine(job) {
  if (job.removed_at) return [element("span", t("library.goes_in", { n: Math.max(0, Math.ceil((1000 * job.expires_at - Date.now()) / DAY)) }), "text")];
  const trouble = troubleOf(job), state = stateOf(job);
  if (trouble) return [bad(trouble)];
  if (state) return [element("span", state, "text")];
  return [...(job.is_video ? [icon("film")] : []), ...content(job), ...(job.to_check ? [badge(job)] : [])];
}

/** How much of it has arrived or is transcribed, 0 to 1; null while that is not known, undefined where nothing is done. */
export function shareOf(job) {
  if (job.removed_at) return undefined;
  if (job.state === "running") return job.duration ? Math.min(1, job.done / job.duration) : null;
  if (job.state === "receiving" && job.source !== "microphone") return job.size ? Math.min(1, job.arrived / job.size) : null;
  return undefined;
}

function troubleOf(job) {
  if (job.state === "failed") return job.error || t("library.failed");
  return job.state === "receiving" && job.is_silent ? t("library.interrupted", { share: percent(job) }) : job.error;
}

/** Where it is, in words; "" for one that is done. */
function stateOf(job) {
  switch (job.state) {
    case "receiving": return job.source === "microphone" ? t("library.being_recorded") : t("library.arriving", { share: percent(job) });
    case "ready": return t("library.ready");
    case "queued": return t("library.queued");
    case "running": return running(job);
    case "cancelled": return job.done ? t("library.stopped_at", { time: clock(job.done) }) : t("library.stopped");
    default: return "";
  }
}

function running(job) {
  if (job.is_stopping) return t("library.stopping");
  if (!job.device) return t(job.is_loading ? "library.starting" : "library.queued");
  const done = t("library.time_done", { time: clock(job.done) });
  return job.seconds_left == null ? done : `${done} · ${t("library.left", { time: roughly(job.seconds_left) })}`;
}

function percent(job) {
  return (job.size ? job.arrived / job.size : 0).toLocaleString(language, { style: "percent" });
}

/** Who speaks; else its first words; else its language. */
function content(job) {
  const speakers = job.speakers || [];
  if (speakers.length) return [dots(speakers.length), written(new Intl.ListFormat(language, { type: "unit" }).format(speakers))];
  if (job.excerpt) return [written(t("library.quoted", { text: job.excerpt }))];
  return [written(job.has_transcript ? t("library.no_words") : job.language ? languageName(job.language) : "")];
}

function written(text) {
  const made = element("span", text, "text");
  made.dir = "auto";
  return made;
}

/** As many as there are speakers, each in its colour. */
function dots(count) {
  const made = element("span", "", "dots");
  for (let place = 0; place < Math.min(count, DOTS); place += 1) made.append(element("i"));
  [...made.children].forEach((dot, place) => { dot.style.background = colour(place); });
  return made;
}

function badge(job) {
  return element("span", t("library.to_check", { n: job.to_check }), "badge");
}

function bad(text) {
  const made = element("span", "", "bad"), words = element("span", text, "text");
  words.dir = "auto";
  words.title = text;
  made.append(icon("warn"), words);
  return made;
}
