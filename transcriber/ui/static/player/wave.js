// How loud the recording is over time, in the colours of those who speak, with a dot for each doubt: a slider to go anywhere.
// Painted once into a picture that is shown faint before the place and full behind it.
import { doc } from "../document/open-document.js";
import { element } from "../elements.js";
import { clock } from "../format.js";
import { language, t } from "../i18n.js";
import { speakersOf } from "../side/colours.js";
import { turnsOf } from "./passages.js";
import { Peaks } from "./peaks.js";
import { player, STEP } from "./player.js";

const BAR = 3, THICK = 1.9, FAINT = 0.38, TOP = 7, BOTTOM = 5;
const FAR = 30;
/** Seconds that are seen at the closest. */
const CLOSEST = 20;

export class Wave {
  constructor() {
    this.box = element("div", "", "wave");
    this.canvas = element("canvas");
    this.hint = element("span", "", "wave-time num");
    this.picture = document.createElement("canvas");
    this.peaks = new Peaks(() => this.repaint());
    this.seen = { start: 0, seconds: Infinity };
    Object.assign(this.box, { tabIndex: 0, role: "slider", ariaLabel: t("player.place"), ariaValueMin: "0" });
    this.hint.hidden = true;
    this.box.append(this.canvas, this.hint);
    this.listen();
  }

  listen() {
    const { box } = this;
    new ResizeObserver(() => this.repaint()).observe(box);
    new MutationObserver(() => this.repaint()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    for (const name of ["opened", "grown", "spliced", "changed", "closed"]) doc.addEventListener(name, () => this.repaint());
    doc.addEventListener("state", () => { this.peaks.show(player.job); this.repaint(); });
    player.addEventListener("media", () => { this.zoom(Infinity); this.peaks.show(player.job); this.repaint(); });
    player.addEventListener("time", () => this.move());
    player.addEventListener("state", () => this.show());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("pointerdown", (event) => { if (event.button === 0) { box.setPointerCapture(event.pointerId); this.seek(event); } });
    box.addEventListener("pointermove", (event) => { if (box.hasPointerCapture(event.pointerId)) this.seek(event); this.point(event); });
    box.addEventListener("pointerleave", () => { this.hint.hidden = true; });
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  get isZoomed() { return this.seen.seconds < player.duration; }
  get width() { return this.box.clientWidth; }
  secondsAt(x) { return this.seen.start + (Math.max(0, Math.min(this.width, x)) / this.width) * this.seen.seconds; }
  xOf(seconds) { return ((seconds - this.seen.start) / this.seen.seconds) * this.width; }

  seek(event) { if (player.duration) player.seek(this.secondsAt(event.clientX - this.box.getBoundingClientRect().left)); }

  point(event) {
    const x = event.clientX - this.box.getBoundingClientRect().left;
    this.hint.hidden = event.pointerType === "touch" || !player.duration;
    this.hint.textContent = clock(this.secondsAt(x));
    this.hint.style.insetInlineStart = `${x}px`;
  }

  key(event) {
    const steps = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -FAR, PageUp: FAR };
    const places = { Home: 0, End: player.duration };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) player.skip(steps[event.key]);
    else if (event.key in places) player.seek(places[event.key]);
    else if (event.key === "+" || event.key === "-") this.zoom(this.seen.seconds * (event.key === "+" ? 0.5 : 2));
    else return;
    event.preventDefault();
  }

  /** With Ctrl, or two fingers that part: nearer or further; else along, where not all is seen. */
  wheel(event) {
    const along = event.deltaX || event.deltaY;
    if (event.ctrlKey) this.zoom(this.seen.seconds * 2 ** (event.deltaY / 100), this.secondsAt(event.clientX - this.box.getBoundingClientRect().left));
    else if (this.isZoomed) this.look(this.seen.start + (along / this.width) * this.seen.seconds);
    else return;
    event.preventDefault();
  }

  /** Show so many seconds; `around` stays where it is seen. */
  zoom(seconds, around = player.time) {
    const before = this.seen.seconds, whole = player.duration || 1, share = Math.min(1, Math.max(0, (around - this.seen.start) / before || 0));
    this.seen.seconds = Math.min(whole, Math.max(Math.min(CLOSEST, whole), seconds));
    if (this.seen.seconds !== before) this.look(around - share * this.seen.seconds);
  }

  look(start) {
    this.seen.start = Math.max(0, Math.min(player.duration - this.seen.seconds, start)) || 0;
    this.repaint();
    this.box.dispatchEvent(new Event("zoom"));
  }

  /** The place is another: what is seen goes along with the playing. */
  move() {
    const { start, seconds } = this.seen;
    if (this.isZoomed && player.isPlaying && (player.time < start || player.time > start + 0.9 * seconds)) this.look(player.time - 0.1 * seconds);
    this.show();
  }

  /** Paint the picture anew, at the next frame. */
  repaint() {
    if (!player.duration) this.seen.seconds = Infinity;
    else if (this.seen.seconds > player.duration || !Number.isFinite(this.seen.seconds)) this.seen = { start: 0, seconds: player.duration };
    if (this.isAwaited) return;
    this.isAwaited = true;
    requestAnimationFrame(() => { this.isAwaited = false; this.paint(); this.show(); });
  }

  paint() {
    const { clientWidth: width, clientHeight: height } = this.box, scale = devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.picture]) Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    if (!width || !player.duration) return;
    const brush = this.picture.getContext("2d"), css = getComputedStyle(this.box), room = height - TOP - BOTTOM;
    const colour = (name) => css.getPropertyValue(name).trim();
    brush.scale(scale, scale);
    const people = this.people(Math.floor(width / BAR)), colours = Array.from({ length: 8 }, (_, place) => colour(`--s${place + 1}`));
    const loud = Array.from(people, (_, bar) => this.peaks.between(this.secondsAt(bar * BAR), this.secondsAt((bar + 1) * BAR))), loudest = Math.max(1, ...loud);
    people.forEach((who, bar) => {
      const isHeard = this.secondsAt(bar * BAR) < this.peaks.end, tall = isHeard ? Math.max(2, (loud[bar] / loudest) * room) : 2;
      brush.fillStyle = !isHeard ? colour("--line-2") : who < 0 ? colour("--accent") : colours[who % 8];
      brush.beginPath();
      brush.roundRect(bar * BAR, TOP + (room - tall) / 2, THICK, tall, 1);
      brush.fill();
    });
  }

  /** Who speaks at each bar, by their place in the order; who spoke last, where nobody does; −1 where nobody is known. */
  people(count) {
    const names = speakersOf(doc), bars = new Int16Array(count).fill(-1);
    if (!names.length) return bars;
    const place = (seconds) => Math.floor((this.xOf(seconds) / BAR));
    let at = 0, who = -1;
    for (const turn of turnsOf(doc.segments)) {
      for (const first = Math.min(count, place(turn.start)); at < first; at += 1) bars[at] = who;
      who = names.indexOf(turn.speaker);
      for (let bar = Math.max(0, place(turn.start)); bar <= Math.min(count - 1, place(turn.end)); bar += 1) bars[bar] = who;
      at = Math.max(at, place(turn.end) + 1);
    }
    for (; at < count; at += 1) bars[at] = who;
    return bars;
  }

  /** The picture, faint behind the place; the doubts; the place itself. */
  show() {
    const { canvas, picture } = this, brush = canvas.getContext("2d"), scale = devicePixelRatio || 1, css = getComputedStyle(this.box);
    const x = Math.min(this.width, Math.max(0, this.xOf(player.time))) || 0, split = Math.round(x * scale), { height } = canvas;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, canvas.width, height);
    this.say();
    if (!player.duration || !picture.width) return;
    this.showLoop(brush, css, scale);
    if (split) brush.drawImage(picture, 0, 0, split, height, 0, 0, split, height);
    brush.globalAlpha = FAINT;
    if (split < canvas.width) brush.drawImage(picture, split, 0, canvas.width - split, height, split, 0, canvas.width - split, height);
    brush.globalAlpha = 1;
    brush.scale(scale, scale);
    this.showMarks(brush, css, x);
  }

  showLoop(brush, css, scale) {
    if (!player.looped) return;
    const first = this.xOf(player.looped.start) * scale, last = this.xOf(player.looped.end) * scale;
    brush.fillStyle = css.getPropertyValue("--tint");
    brush.fillRect(first, 0, Math.max(2, last - first), this.canvas.height);
  }

  showMarks(brush, css, x) {
    const dot = (at, y, radius) => { brush.beginPath(); brush.arc(at, y, radius, 0, 7); brush.fill(); };
    brush.fillStyle = css.getPropertyValue("--amber");
    for (const { start } of doc.detail?.checks || []) {
      const at = this.xOf(start);
      if (at >= 0 && at <= this.width) dot(at, 3, 2.2);
    }
    const { start, seconds } = this.seen;
    if (player.time < start || player.time > start + seconds) return;
    brush.fillStyle = css.getPropertyValue("--accent");
    brush.fillRect(Math.min(this.width - 2, Math.max(0, x - 1)), 0, 2, this.box.clientHeight);
    dot(Math.min(this.width - 4, Math.max(4, x)), this.box.clientHeight - 4, 4);
  }

  say() {
    const now = Math.floor(player.time), whole = Math.floor(player.duration);
    if (this.said === `${now} ${whole}`) return;
    this.said = `${now} ${whole}`;
    Object.assign(this.box, { ariaValueMax: String(whole), ariaValueNow: String(Math.min(now, whole)), ariaValueText: spoken(now) });
  }
}

/** A time in words: “1 minute, 7 seconds”. */
function spoken(seconds) {
  const parts = [["hour", Math.floor(seconds / 3600)], ["minute", Math.floor(seconds / 60) % 60], ["second", seconds % 60]];
  const said = parts.filter(([unit, count]) => count || unit === "second").map(([unit, count]) => count.toLocaleString(language, { style: "unit", unit, unitDisplay: "long" }));
  return new Intl.ListFormat(language, { type: "unit" }).format(said);
}
