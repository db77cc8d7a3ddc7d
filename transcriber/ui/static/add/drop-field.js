// Files that are chosen, or dropped anywhere on the page; folders likewise.
import { adding } from "./adding.js";
import { dropped } from "./folders.js";
import { element } from "../elements.js";
import { pictured } from "../icons.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";

export class DropField extends HTMLElement {
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
export class AddingTroubles extends HTMLElement {
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
