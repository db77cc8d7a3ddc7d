// How recordings are added: dropped, chosen, recorded, or named by their path; and how they are transcribed, in a sentence.
import { sentence } from "./sentence.js";
import { RecorderField } from "./recorder.js";
import { element } from "../elements.js";
import { icon, pictured } from "../icons.js";
import { t } from "../i18n.js";
import { adding } from "./adding.js";
import { dropped } from "./folders.js";
import { feed } from "../jobs-feed.js";
import { startPath } from "./starting.js";

class AddView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "add"), sources = element("div", "", "sources"), drop = element("div", "", "drop"), round = element("span", "", "round"), promise = element("p", "", "promise");
    round.append(icon("mark"));
    sources.append(element("drop-field"), element("recorder-field"), element("path-field"));
    drop.append(round, element("h1", t("add.title")), element("p", t("add.about")), sources);
    promise.append(icon("shield"), t("add.promise"));
    page.append(drop, sentence(), element("starter-note"), promise);
    this.append(page);
  }
}

/** Files that are chosen, or dropped anywhere on the page; folders likewise. */
class DropField extends HTMLElement {
  connectedCallback() {
    const choose = element("label", t("add.choose"), "button primary"), files = this.input({ multiple: true, accept: "audio/*,video/*" });
    files.setAttribute("aria-label", t("add.recordings"));
    files.addEventListener("change", () => { adding.files([...files.files]); files.value = ""; });
    choose.append(files);
    this.append(choose, ...this.folder());
    this.dropAnywhere();
    adding.endings().then((endings) => { files.accept = ["audio/*", "video/*", ...endings].join(); }).catch(() => {});
  }

  input(properties) { return Object.assign(element("input", "", "visually-hidden"), { type: "file", ...properties }); }

  folder() {
    const input = this.input({ webkitdirectory: true });
    if (!("webkitdirectory" in input)) return [];
    Object.assign(input, { hidden: true });
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      adding.chosen(files);
    });
    return [pictured("folder", t("add.choose_folder"), () => input.click()), input];
  }

  dropAnywhere() {
    const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    const mark = (isOver) => document.body.classList.toggle("dragging", isOver);
    addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); mark(true); } });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(false); });
    addEventListener("drop", (event) => {
      mark(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      const items = dropped(event.dataTransfer);
      if (items.some(({ entry }) => entry?.isDirectory)) adding.dropped(items);
      else adding.files([...event.dataTransfer.files]);
    });
  }
}

/** What is amiss with what is added, wherever the page is. */
class AddingTroubles extends HTMLElement {
  connectedCallback() {
    const text = element("p");
    text.setAttribute("role", "alert");
    text.dir = "auto";
    this.append(text);
    const paint = () => {
      if (text.textContent !== adding.trouble) text.textContent = adding.trouble;
      this.hidden = adding.trouble === feed.problem;  // said above it already
    };
    adding.addEventListener("trouble", paint);
    feed.listen(paint);
  }
}

/** A file of this computer by its path: nothing is copied. */
class PathField extends HTMLElement {
  connectedCallback() {
    const form = element("form", "", "path-form"), label = element("label", t("add.path")), input = element("input"), wrong = element("p", "", "error");
    const opener = pictured("pencil", t("add.from_path"), () => { form.hidden = !form.hidden; this.paint(opener, form); if (!form.hidden) input.focus(); });
    Object.assign(input, { id: "path", autocomplete: "off", spellcheck: false, dir: "auto", required: true });
    wrong.id = "path-wrong";
    wrong.setAttribute("role", "alert");
    input.setAttribute("aria-describedby", wrong.id);
    label.htmlFor = input.id;
    form.hidden = true;
    form.noValidate = true;
    form.append(label, input, element("button", t("add.transcribe"), "button"), wrong);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.begin(input, wrong); });
    input.addEventListener("input", () => this.say(input, wrong, ""));
    this.paint(opener, form);
    this.append(opener, form);
  }

  paint(opener, form) { opener.setAttribute("aria-expanded", String(!form.hidden)); }

  async begin(input, wrong) {
    this.say(input, wrong, "");
    if (!input.value.trim()) { this.say(input, wrong, t("add.no_path")); return; }
    try {
      if (await startPath(input.value)) input.value = "";
    } catch (error) {
      this.say(input, wrong, error.message);
    }
  }

  say(input, wrong, text) {
    wrong.textContent = text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
  }
}

customElements.define("adding-troubles", AddingTroubles);
customElements.define("drop-field", DropField);
customElements.define("recorder-field", RecorderField);
customElements.define("path-field", PathField);
customElements.define("add-view", AddView);
