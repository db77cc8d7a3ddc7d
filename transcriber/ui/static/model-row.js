// One model in the list: facts, state, and what can be done with it.
import { button, element } from "./elements.js";
import { bytes, roughly } from "./format.js";

const STATES = { frozen: "✓ Frozen", unverified: "Unverified", damaged: "✗ Damaged", missing: "Not set up", "built-in": "✓ Built in" };
const STAGES = { waiting: "Waits for its turn", downloading: "Downloading", freezing: "Freezing", proving: "Proving that it loads offline" };

export class ModelRow {
  constructor(list, name) {
    this.item = element("li");
    this.title = element("strong");
    this.state = element("span", "", "mark");
    this.facts = element("p", "", "what");
    this.figures = element("p", "", "what");
    this.notes = element("ul", "", "warnings");
    this.progress = element("progress");
    this.result = element("p", "", "result");
    this.result.setAttribute("role", "status");
    this.going = element("p", "", "going");
    this.buttons = {
      Verify: button("Verify", () => list.act(name, "verify")),
      Download: button("Download", () => list.act(name, "download")),
      Cancel: button("Cancel", () => list.act(name, "cancel")),
    };
    const head = element("p", "", "head"), actions = element("span", "", "actions");
    head.append(this.title, this.state);
    actions.append(...Object.values(this.buttons));
    this.item.append(head, actions, this.facts, this.figures, this.notes, this.progress, this.going, this.result);
  }

  paint(model, canSetUp) {
    const isGoing = model.set_up?.stage in STAGES, isVerifying = model.verdict?.state === "verifying";
    this.item.setAttribute("aria-label", model.title);
    this.title.textContent = model.title;
    this.state.textContent = STATES[model.state];
    this.state.className = `mark ${model.state}`;
    this.facts.textContent = [model.category, model.is_starter && "starter model", model.languages, ...needs(model), `licence ${model.licence}`].filter(Boolean).join(" · ");
    this.figures.textContent = [size(model), published(model)].filter(Boolean).join(" · ");
    this.notes.replaceChildren(...model.notes.map((note) => element("li", note)));
    this.paintSetUp(model, isGoing);
    this.say(isGoing ? "" : isVerifying ? "Verifying…" : newest(model), model.verdict?.state === "damaged" || model.set_up?.stage === "failed");
    this.buttons.Verify.hidden = !["frozen", "damaged"].includes(model.state) || isGoing;
    this.buttons.Verify.disabled = isVerifying;
    this.buttons.Download.hidden = !canSetUp || isGoing || !["missing", "damaged"].includes(model.state);
    this.buttons.Cancel.hidden = !isGoing;
  }

  paintSetUp(model, isGoing) {
    const { stage, done, total, speed } = model.set_up || {};
    this.progress.hidden = !isGoing;
    this.progress.setAttribute("aria-label", `Setting up ${model.title}`);
    if (done != null && total) this.progress.value = Math.min(1, done / total); else this.progress.removeAttribute("value");
    const amount = done == null ? "" : `: ${bytes(done)}${total ? ` of ${bytes(total)}` : ""}`;
    const pace = speed ? `, ${bytes(speed)} a second${total ? `, about ${roughly((total - done) / speed)} left` : ""}` : "";
    this.going.textContent = isGoing ? `${STAGES[stage]}${amount}${pace}` : "";
  }

  /** Said aloud only when it is something else. */
  say(text, isTrouble) {
    if (this.result.textContent !== text) this.result.textContent = text;
    this.result.classList.toggle("error", isTrouble && text !== "");
  }
}

/** A set-up that failed or was cancelled is the newest word as long as the file is not there. */
const newest = (model) => (model.state === "missing" ? model.set_up?.message : model.verdict?.message || model.set_up?.message) || "";

function size(model) {
  if (model.state === "built-in") return "";
  if (model.state === "missing") return model.download_size ? `download of ${bytes(model.download_size)}` : "the download's size is known once it begins";
  const age = model.age_days == null ? "" : model.age_days < 1 ? ", frozen today" : `, frozen ${model.age_days} day${model.age_days === 1 ? "" : "s"} ago`;
  return bytes(model.size) + age;
}

/** Not of a demo model that has the real one's place, nor of what a package carries. */
const needs = (model) => (model.is_demo || model.state === "built-in" ? [] : [`${Math.round(model.parameters)} million parameters`, `${Math.max(1, Math.round(model.memory_gb))} GB of memory`]);

/** What its publisher measured. */
function published(model) {
  if (!model.wer || model.is_demo) return "";
  return `${model.wer} % word error rate, ${model.rtfx.toLocaleString("en")} × real time (${model.published})`;
}
