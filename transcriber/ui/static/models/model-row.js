// One model in a list: what it can, how fast it is here, its size, and what can be done with it; more behind “Details”.
import { accuracy, details, saying, size, sizeOf, speed, time } from "./facts.js";
import { announce } from "../messages.js";
import { button, element } from "../elements.js";
import { icon, pictured } from "../icons.js";
import { t } from "../i18n.js";
import { models } from "../models-feed.js";

const STAGES = ["waiting", "downloading", "freezing", "proving"];

export class ModelRow {
  constructor(list, name) {
    this.item = element("li", "", "model");
    this.title = element("b");
    this.badge = element("span", "", "badge good");
    this.say = element("p", "", "say");
    this.cells = element("div", "", "cells");
    this.actions = element("div", "", "do");
    this.going = element("p", "", "going num");
    this.progress = element("progress");
    this.result = element("p", "", "result");
    this.result.setAttribute("role", "status");
    this.inUse = element("span", "", "in-use");
    this.inUse.append(icon("check"), t("models.in_use"));
    this.none = element("span", t("models.too_large"), "hint");
    this.buttons = {
      use: button(t("models.use"), () => list.act(name, "use"), "button"),
      download: pictured("export", t("models.download"), () => list.act(name, "download")),
      cancel: button(t("page.cancel"), () => list.act(name, "cancel"), "button"),
    };
    const head = element("div", "", "head"), what = element("div", "", "what");
    head.append(this.title, this.badge);
    what.append(head, this.say, this.more(list, name));
    this.actions.append(this.inUse, this.none, ...Object.values(this.buttons));
    this.item.append(what, this.cells, this.actions, this.progress, this.going, this.result);
  }

  more(list, name) {
    const more = element("details"), summary = element("summary", t("models.details"));
    this.facts = element("dl", "", "facts");
    this.notes = element("ul", "", "notes");
    this.verify = button(t("models.verify"), () => list.act(name, "verify"), "button");
    more.append(summary, this.facts, this.notes, this.verify);
    return more;
  }

  paint(model, canSetUp) {
    const isGoing = STAGES.includes(model.set_up?.stage), isVerifying = model.verdict?.state === "verifying", isMissing = model.state === "missing";
    const isInUse = models.choices.find(({ name }) => name === models.active)?.model === model.name;
    this.item.setAttribute("aria-label", model.title);
    this.item.classList.toggle("on", isInUse);
    this.title.textContent = model.title;
    this.badge.textContent = model.is_recommended && isMissing ? t("models.recommended") : model.is_starter ? t("models.is_starter") : "";
    this.badge.hidden = !this.badge.textContent;
    this.say.textContent = saying(model);
    this.cells.replaceChildren(accuracy(model), speed(model), sizeOf(model));
    this.facts.replaceChildren(...details(model).flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
    this.notes.replaceChildren(...model.notes.map((note) => element("li", note)));
    this.paintSetUp(model, isGoing);
    this.tell(isGoing ? "" : isVerifying ? t("models.verifying") : newest(model), model.verdict?.state === "damaged" || model.set_up?.stage === "failed");
    this.inUse.hidden = !isInUse;
    this.buttons.use.hidden = isInUse || isGoing || !models.choices.some((choice) => choice.model === model.name);
    this.buttons.download.hidden = !canSetUp || isGoing || !model.fits || !["missing", "damaged"].includes(model.state);
    this.none.hidden = !isMissing || isGoing || model.fits;
    this.buttons.cancel.hidden = !isGoing;
    this.verify.hidden = !["frozen", "damaged"].includes(model.state) || isGoing;
    this.verify.disabled = isVerifying;
    for (const [name, control] of Object.entries({ ...this.buttons, verify: this.verify })) control.setAttribute("aria-label", `${t(name === "cancel" ? "page.cancel" : `models.${name}`)}: ${model.title}`);
  }

  paintSetUp(model, isGoing) {
    const { stage, done, total, speed: pace } = model.set_up || {};
    this.progress.hidden = !isGoing;
    this.progress.setAttribute("aria-label", t("models.setting_up", { model: model.title }));
    if (done != null && total) this.progress.value = Math.min(1, done / total); else this.progress.removeAttribute("value");
    const amount = done == null ? "" : total ? t("models.of", { done: size(done), total: size(total) }) : size(done);
    const left = pace && total ? t("models.left", { time: time((total - done) / pace) }) : "";
    this.going.textContent = isGoing ? [t(`models.stage.${stage}`), amount, left].filter(Boolean).join(" · ") : "";
    this.going.hidden = !isGoing;
    this.speak(model, isGoing && done != null && total ? Math.floor((4 * done) / total) : 0);
  }

  /** How far it is, at quarters only. */
  speak({ title }, quarter) {
    if (quarter > (this.quarter || 0)) announce(t("models.share", { model: title, share: 25 * quarter }));
    this.quarter = quarter;
  }

  /** Said aloud only when it is something else. */
  tell(text, isTrouble) {
    if (this.result.textContent !== text) this.result.textContent = text;
    this.result.hidden = !text;
    this.result.classList.toggle("error", isTrouble && text !== "");
  }
}

/** A set-up that failed or was cancelled is the newest word as long as the file is not there. */
const newest = (model) => (model.state === "missing" ? model.set_up?.message : model.verdict?.message || model.set_up?.message) || "";
