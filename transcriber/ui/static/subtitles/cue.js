// One subtitle: its number, its times, its lines, how fast they are to be read, and what is wrong with it. It stays the same
// element while its cue changes, so that the focus stays where it is.
import { button, element } from "../elements.js";
import { secondsOf } from "../format.js";
import { icon } from "../icons.js";
import { number as said, t } from "../i18n.js";
import { doc } from "../document/open-document.js";
import { sendEditAtOnce, sendEditLater } from "../document/unsent.js";
import { player } from "../player/player.js";

/** Without an answer, until it is tried again. */
const AGAIN_MILLISECONDS = 3000;
const CLOCK = new Set(["min_seconds", "max_seconds", "min_gap_seconds", "flicker_seconds", "overlap"]);

export class CueRow {
  constructor(view) {
    this.view = view;
    this.item = element("li", "", "cue");
    this.item.tabIndex = -1;
    this.number = element("span", "", "no num");
    this.times = element("span", "", "at");
    this.inputs = { start: this.time("start"), end: this.time("end") };
    this.times.append(...Object.values(this.inputs));
    this.text = element("p");
    this.text.dir = "auto";
    this.pace = element("span", "", "pace num");
    this.speed = element("span");
    this.bar = element("i");
    this.pace.append(this.speed, this.bar);
    this.problems = element("div", "", "mend");
    this.item.append(this.number, this.times, this.text, this.pace, this.problems);
    this.item.addEventListener("focus", () => view.makeStop(this));
    this.text.addEventListener("click", () => { if (!this.isEdited && getSelection().isCollapsed) player.seek(this.cue.start); });
    this.text.addEventListener("dblclick", () => this.edit());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => this.keep());
  }

  time(edge) {
    const input = element("input", "", "num");
    Object.assign(input, { autocomplete: "off", inputMode: "decimal" });
    input.addEventListener("change", () => this.retime(edge));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") input.value = shown(this.cue[edge]);
      if (["Enter", "Escape"].includes(event.key)) { event.preventDefault(); this.item.focus(); }
    });
    return input;
  }

  async retime(edge) {
    const seconds = secondsOf(this.inputs[edge].value);
    if (seconds === null) { this.view.say(t("subtitles.noTime")); this.inputs[edge].value = shown(this.cue[edge]); return; }
    await this.view.change({ do: "times", cue: this.cue.number, [edge]: seconds });
    if (document.activeElement !== this.inputs[edge]) this.inputs[edge].value = shown(this.cue[edge]);  // it may be as it was
  }

  edit() {
    if (this.isEdited) return;
    Object.assign(this, { isEdited: true, before: this.cue.text, identity: doc.id, version: doc.number });
    this.text.textContent = this.cue.text;
    this.text.contentEditable = "plaintext-only";
    this.text.setAttribute("role", "textbox");
    this.text.ariaLabel = t("subtitles.textOf", { n: this.cue.number });
    this.item.classList.add("editing");
    this.text.focus();
    getSelection().selectAllChildren(this.text);
    getSelection().collapseToEnd();
  }

  key(event) {
    if (!this.isEdited || event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.keep();
    this.item.focus();
  }

  get written() { return this.text.textContent.replace(/\s+/g, " ").trim(); }

  get change() {
    const { first, count, before, after } = this.cue;
    return { kind: "words", first, count, text: `${before}${this.written}${after}` };
  }

  /** The same, of the recording in which it was begun. */
  get ownChange() {
    const { identity: id, version: number } = this;
    return { id, number, revision: doc.revisions.get(`${id} ${number}`), ...this.change };
  }

  /** Whether there is something else than the program has, or is being told. */
  get isUnkept() { return this.isEdited && !this.isAsking && this.written !== this.before; }

  /** Has the program keep what was written, where it is something else; what it does not keep stays here. */
  async keep() {
    if (!this.isEdited || this.isAsking) return;
    if (this.written === this.before) { this.end(); return; }
    this.isAsking = true;
    const { isKept, isUnanswered } = await this.view.ask(() => this.change);
    this.isAsking = false;
    if (isKept) { this.isWritten = true; this.end(); return; }
    if (isUnanswered && !this.item.isConnected) this.sendLater();
    else if (isUnanswered) setTimeout(() => { if (document.activeElement !== this.text) this.keep(); }, AGAIN_MILLISECONDS);
  }

  /** Another document comes. */
  leave() {
    if (this.isUnkept) this.sendLater();
    this.isEdited = false;
  }

  sendLater() { sendEditLater(this.written, this.ownChange); }

  /** The page goes away: there is no time for an answer. */
  send() {
    if (this.isUnkept) sendEditAtOnce(this.ownChange);
  }

  /** Nobody writes here any more. */
  end() {
    this.isEdited = false;
    for (const name of ["contenteditable", "role", "aria-label"]) this.text.removeAttribute(name);
    this.item.classList.remove("editing");
    this.paintText();
  }

  paint(cue, limits) {
    const before = this.cue && !this.isWritten && JSON.stringify([this.cue, this.limits]);
    if (before === JSON.stringify([cue, limits])) return;
    Object.assign(this, { cue, limits, isWritten: false });
    this.number.textContent = said(cue.number);
    for (const [edge, input] of Object.entries(this.inputs)) {
      if (document.activeElement !== input) input.value = shown(cue[edge]);
      input.ariaLabel = t(`subtitles.${edge}Of`, { n: cue.number });
    }
    if (!this.isEdited) this.paintText();
    else if (cue.text !== this.before && !this.isAsking) { this.before = cue.text; this.view.say(t("subtitles.conflict", { n: cue.number })); }
    const speed = cue.characters_per_second, limit = limits.max_cps || 25;
    this.speed.textContent = rounded(speed, limit);
    this.pace.title = t("subtitles.speed", { n: rounded(speed, limit) });
    this.bar.style.width = `${Math.min(100, (80 * speed) / limit)}%`;
    this.pace.classList.toggle("fast", Boolean(limits.max_cps) && cue.problems.some(({ kind }) => kind === "max_cps"));
    this.item.classList.toggle("fixed", cue.is_fixed);
    this.paintProblems();
  }

  paintText() { this.text.replaceChildren(...this.cue.lines.flatMap((line, place) => (place ? [element("br"), line] : [line]))); }

  paintProblems() {
    const { problems } = this.cue, [first] = problems, hadFocus = this.problems.contains(document.activeElement);
    this.problems.hidden = !problems.length;
    this.problems.replaceChildren();
    if (hadFocus) this.item.focus();
    if (!first) return;
    const change = first.can_mend ? [first.earlier > 0.04 && t("subtitles.earlier", { n: first.earlier }), first.later > 0.04 && t("subtitles.later", { n: first.later })].filter(Boolean) : [];
    const text = [problems.map(sentence).join("; "), change.join(", ")].filter(Boolean).join(". ");
    this.problems.append(icon("warn"), element("span", change.length ? `${text}?` : `${text}.`));
    if (first.can_mend) this.problems.append(this.action("mend"));
    this.problems.append(this.action("leave"));
  }

  action(name) {
    const made = button(t(`subtitles.${name}`), () => { this.item.focus(); this.view.change({ do: name, cue: this.cue.number }); });
    made.ariaLabel = t(`subtitles.${name}Of`, { n: this.cue.number });
    return made;
  }
}

const sentence = ({ kind, value, limit }) => t(`subtitles.limits.${kind}`, CLOCK.has(kind) ? { value: said(value, 2), limit: said(limit, 2) } : { value: rounded(value, limit), limit: said(limit) });
/** Not so roughly that what is above the limit seems to be at it. */
const rounded = (value, limit) => said(value, value > limit + 0.05 && Math.round(value) <= limit ? 1 : 0);

/** As 2:11.88. */
function shown(seconds) {
  const hundredths = Math.round(100 * seconds), minutes = Math.floor(hundredths / 6000), hours = Math.floor(minutes / 60);
  const tail = `${String(Math.floor(hundredths / 100) % 60).padStart(2, "0")}.${String(hundredths % 100).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes % 60).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}
