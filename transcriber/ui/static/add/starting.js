// Has recordings transcribed: at once with the kept choice, or after asking how.
import { adding } from "./adding.js";
import { kept, keepLanguage } from "./kept-choice.js";
import { feed } from "../jobs-feed.js";
import { post } from "../requests.js";
import { addressOf, go } from "../router.js";
import { settings } from "../settings-feed.js";
import { ALL, ChoiceFields } from "./choice-fields.js";
import { openDialog } from "../dialogs.js";
import { button, element } from "../elements.js";
import { t } from "../i18n.js";
import { clock } from "../format.js";
import { time } from "../models/facts.js";

/** `ids`: of recordings, which may still come one after another (also an async iterable); the page goes to the first of them
 * unless it is not to be shown. What is refused is said, and stays in the list. */
export async function start(ids, { isShown = true } = {}) {
  const waiting = [], asking = how();
  let isBegun = false, isRefused = false;
  const begin = async (recordings, asked) => {
    await post("/jobs", { ...asked, recordings });
    if (isShown && !isBegun) go(addressOf(recordings[0]));
    isBegun = true;
  };
  try {
    for await (const id of ids) {
      const asked = await asking;
      if (!asked) waiting.push(id);
      else if (!isRefused) await begin([id], asked).catch((error) => { isRefused = true; adding.say(error.message); });
    }
    await feed.refresh();
    const asked = waiting.length && await askHow({ recordings: waiting });
    if (asked) await begin(waiting, asked);
  } catch (error) {
    adding.say(error.message);
  }
  if (isBegun) kept.forgetPart();
  await feed.refresh();
}

/** A file of this computer. Throws with a sentence for the user; resolves to whether it was begun. */
export async function startPath(path) {
  const asked = await how() || await askHow({ path });
  if (!asked) return false;
  const [job] = await post("/jobs", { ...asked, path });
  kept.forgetPart();
  await feed.refresh();
  go(addressOf(job.id));
  return true;
}

/** The kept choice; null where the user is to be asked. */
const how = async () => (settings.page.ask_first ? null : kept.asked());

/** Asks how recordings are transcribed, and says what it will take. `what`: { recordings } by their ids, or { path }. `wanted`:
 * what is chosen to begin with, besides what is kept. Resolves to what to ask the program for; to nothing for "Not now". */
export async function askHow(what, wanted = {}) {
  const fields = new ChoiceFields({ ...kept.wanted, model: kept.wanted.model || kept.controls.model.value, ...wanted });
  const preflight = new Preflight(what, fields), count = what.recordings?.length ?? 1;
  const asking = openDialog(t("add.ask.title", { n: count }), (body, close) => {
    const form = element("form", "", "choice-form"), buttons = element("footer"), begin = element("button", t("add.transcribe"), "button primary");
    form.append(...ALL.map((name) => fields.box(name)), preflight.element, buttons);
    buttons.append(button(t("add.ask.later"), () => close(), "button"), begin);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const asked = await fields.asked();
      if (asked) close(asked); else fields.focusWrong();
    });
    body.append(form);
    begin.autofocus = true;
  });
  if (!settings.page.ask_first && fields.check().length) fields.focusWrong();
  const asked = await asking;
  fields.end();
  preflight.end();
  if (asked && !kept.controls.language.value && asked.model === kept.controls.model.value) keepLanguage(asked.language);
  return asked;
}

// What a transcription will take, before it is started: how long the recordings are, how long it lasts, how much memory.
const PAUSE = 300;

class Preflight {
  /** `what`: { recordings } or { path }, transcribed as `fields` say. */
  constructor(what, fields) {
    Object.assign(this, { what, fields });
    this.element = element("div", "", "preflight");
    this.element.setAttribute("role", "status");
    this.figures = element("p");
    this.problems = element("p", "", "error");
    this.element.append(this.figures, this.problems);
    fields.listen(() => this.askSoon());
    this.ends = feed.listen(() => this.follow());
  }

  end() {
    clearTimeout(this.pause);
    this.isOver = true;
    this.ends?.();
  }

  /** A recording that has arrived has a length. */
  follow() {
    const ids = new Set(this.what.recordings), seen = JSON.stringify(feed.jobs.filter(({ id }) => ids.has(id)).map(({ id, duration }) => [id, duration]));
    if (seen !== this.seen) this.askSoon();
    this.seen = seen;
  }

  askSoon() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const { filled } = this.fields;
    if (this.isOver || !filled.model) return;
    const asked = this.asked = { ...filled, start: filled.start ?? 0, speakers: filled.speakers ?? "auto", ...this.what };
    const answer = await post("/preflight", asked).catch((error) => ({ recordings: [{ why: error.message }] }));
    if (asked === this.asked && !this.isOver) this.show(answer);
  }

  show({ recordings, duration, seconds }) {
    const memory = Math.max(...recordings.map((one) => one.memory_gb || 0)), isEstimate = recordings.some((one) => one.is_estimate);
    this.figures.textContent = [
      duration && t("add.ask.length", { time: clock(duration) }),
      seconds && t(isEstimate ? "add.ask.estimated" : "add.ask.takes", { time: time(seconds) }),
      memory && t("add.ask.memory", { n: Math.max(0.1, memory) }),
    ].filter(Boolean).join(" · ");
    this.problems.textContent = [...new Set(recordings.map((one) => one.why).filter(Boolean))].join(" ");
  }
}
