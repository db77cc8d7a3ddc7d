// Recording with the microphone: what was said is in the program's hands as it is said, and transcribed when it ends.
import { adding } from "./adding.js";
import { Microphone, microphones } from "./microphone.js";
import { CaptionFeed, CaptionText } from "./captions.js";
import { kept } from "./kept-choice.js";
import { sources } from "./sound-sources.js";
import { start } from "./starting.js";
import { button, element } from "../elements.js";
import { clock } from "../format.js";
import { pictured } from "../icons.js";
import { feed } from "../jobs-feed.js";
import { t } from "../i18n.js";
import { onRoute, route } from "../router.js";
import { settings } from "../settings-feed.js";

export class RecorderField extends HTMLElement {
  connectedCallback() {
    this.begin = pictured("mic", t("add.record"), () => this.record());
    this.source = element("select", "", "pick");
    this.source.setAttribute("aria-label", t("add.source"));
    this.source.append(...sources().map((source) => new Option(t(`add.sources.${source}`), source)));
    this.source.addEventListener("change", () => this.listDevices());
    this.devices = element("select", "", "pick");
    this.devices.setAttribute("aria-label", t("add.microphone"));
    const place = element("div", "", "devices");
    place.append(this.source, this.devices);
    this.captions = new CaptionText();
    this.append(this.begin, this.recording(), place, this.writing());
    this.pill = element("a", "", "recording-pill");
    this.pill.href = "#/add";
    document.querySelector(".app").append(this.pill);
    onRoute(() => this.paintPill());
    this.show("");
    this.listDevices();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices());
  }

  /** What is said, written below; and whether it is to be. */
  writing() {
    const place = element("div", "", "captions"), label = element("label", "", "choice"), box = Object.assign(element("input"), { type: "checkbox" });
    this.window = element("a", t("captions.window"));
    Object.assign(this.window, { target: "_blank", rel: "opener" });
    this.window.addEventListener("click", (event) => { if (open(this.window.href, "captions", "popup,width=1100,height=620")) event.preventDefault(); });
    label.append(box, element("span", t("captions.while_recording")));
    box.addEventListener("change", () => settings.change({ captions: box.checked }).catch((error) => adding.say(error.message)));
    settings.listen(() => { box.checked = settings.page.captions; this.write(); });
    place.append(this.captions.element, label, this.window);
    return place;
  }

  /** Begins captions of the recording that goes on, or ends them. */
  async write() {
    const { microphone } = this, isWanted = Boolean(microphone && settings.page.captions);
    this.captions.element.hidden = this.window.hidden = !isWanted;
    if (!isWanted) this.feed?.close();
    if (!isWanted || (this.feed?.id === microphone.id && !this.feed.isOver)) return;
    this.captions.clear();
    this.window.href = `#/captions/${microphone.id}`;
    const asked = await kept.asked().catch(() => null);  // nothing where something is missing, as it is said above
    this.captions.element.hidden = this.window.hidden = !asked;
    if (asked && this.microphone === microphone) this.feed = new CaptionFeed(microphone.id, (feed) => this.captions.show(feed), { ...asked, speakers: "off" });
  }

  recording() {
    this.bar = element("div", "", "recording");
    this.time = element("output");
    this.level = element("meter");
    Object.assign(this.level, { min: 0, max: 1 });
    this.time.setAttribute("aria-label", t("add.recording_time"));
    this.level.setAttribute("aria-label", t("add.level"));
    this.muting = button(t("add.mute"), () => this.mute(), "button");
    this.pausing = button("", () => this.pause(), "button");
    this.bar.append(this.level, this.time, this.muting, this.pausing, button(t("add.stop"), () => this.stop(), "button primary"));
    return this.bar;
  }

  async listDevices() {
    const found = await microphones(), chosen = this.devices.value;
    this.devices.replaceChildren(...found.map((device, number) => new Option(device.label || t("add.microphone_n", { n: number + 1 }), device.deviceId)));
    if (found.some((device) => device.deviceId === chosen)) this.devices.value = chosen;
    this.source.hidden = this.source.length < 2;
    this.devices.hidden = found.length < 2 || this.source.value === "shared";
  }

  async record() {
    adding.say("");
    this.show("starting");
    let microphone;
    try {
      microphone = this.microphone = await Microphone.start(this.source.value, this.devices.value, {
        time: (seconds) => { if (this.microphone) this.tick(seconds); },
        level: (level) => { this.level.value = level; },
        trouble: (text) => adding.tell("microphone", text && `${text} ${t("add.kept_meanwhile")}`),
        silence: (text) => adding.tell("silence", text),
        lost: (why) => this.stop().then(() => adding.say(why)),
      });
    } catch (error) {
      adding.say(error.message);
    } finally {
      this.show(microphone ? "recording" : "");
    }
    if (!microphone) return;
    this.bar.querySelector(".primary").focus();
    if (microphone.usesAnother) adding.say(t("add.another_microphone", { name: microphone.label || t("add.another") }));
    adding.own.set(microphone.id, microphone.delivery);
    await this.listDevices();
  }

  tick(seconds) {
    this.time.textContent = clock(seconds);
    this.paintPill();
  }

  /** Elsewhere on the page it is seen that a recording goes on. */
  paintPill() {
    this.pill.hidden = !this.microphone || route.view === "add";
    this.pill.textContent = t("add.recording", { time: this.time.textContent });
  }

  mute() {
    const isMuted = this.muting.getAttribute("aria-pressed") !== "true";
    this.microphone.mute(isMuted);
    this.muting.setAttribute("aria-pressed", isMuted);
  }

  async pause() {
    const { microphone } = this;
    this.pausing.textContent = t(microphone.isPaused ? "add.pause" : "add.resume");
    await (microphone.isPaused ? microphone.resume() : microphone.pause()).catch((error) => adding.say(error.message));
    this.level.value = 0;
  }

  /** Resolves once all of it has arrived, and its transcription is begun. */
  async stop() {
    const { microphone } = this;
    if (!microphone) return;
    this.microphone = null;
    this.show("");
    this.begin.focus();
    try {
      const wasHeard = await microphone.stop();
      for (const about of ["microphone", "silence"]) adding.tell(about, "");
      if (wasHeard) { await start([microphone.id]); return; }
      adding.forget(microphone.id);
      adding.say(t("add.nothing_heard"));
    } catch (error) {
      adding.say(error.message);
    }
    await feed.refresh();
  }

  /** `state`: "starting", "recording", or "" when there is none. */
  show(state) {
    const isRecording = state === "recording";
    this.begin.disabled = this.source.disabled = Boolean(state);
    this.begin.hidden = isRecording;
    this.bar.hidden = !isRecording;
    this.pausing.textContent = t("add.pause");
    this.muting.setAttribute("aria-pressed", false);
    this.muting.hidden = this.source.value === "shared";
    this.time.textContent = isRecording ? clock(0) : "";
    this.paintPill();
    this.write();
  }
}
