// Save transcripts: in which formats, and what they say; with their first lines.
import { button, element, offer } from "../elements.js";
import { openDialog } from "../dialogs.js";
import { number as said, t } from "../i18n.js";
import { get } from "../requests.js";
import { settings } from "../settings-feed.js";
import { Formats, asked, nameOf, save } from "./formats.js";

const PREVIEW_MILLISECONDS = 60;

/** Opens the dialog for recordings. `title`: what they are called together; `number`: of the transcript, where it is one;
 * `hasMarks`: whether there are marked passages. */
export function openExport({ ids, title, number = null, hasMarks = true }) {
  return openDialog(t("export.title", { title }), (body, close) => new Choosing(body, close, { ids, number, hasMarks }), "export");
}

class Choosing {
  constructor(body, close, { ids, number, hasMarks }) {
    Object.assign(this, { close, ids, number, choices: { ...settings.page.export, marked: false } });
    const two = element("div", "", "two"), side = element("div", "", "choices"), footer = element("footer");
    const known = settings.export.formats.map(({ name }) => name);
    this.choices.formats = this.choices.formats.filter((name) => known.includes(name));
    if (!this.choices.formats.length) this.choices.formats = ["docx"];
    this.formats = new Formats(this.choices.formats, (formats) => { this.choices.formats = formats; this.paint(); });
    this.switches = {
      speakers: this.choice("speakers", this.choices.speakers !== false, (on) => on),
      times: this.choice("times", this.choices.times !== false, (on) => on),
      marked: this.choice("marked", false, (on) => on),
      origin: this.choice("origin", this.choices.origin === "full", (on) => (on ? "full" : "none")),
    };
    this.switches.marked.hidden = !hasMarks;
    this.preset = this.presets();
    this.preview = element("div", "", "preview");
    this.preview.tabIndex = 0;
    Object.assign(this.preview, { role: "region", ariaLabel: t("export.preview") });
    this.trouble = element("p", "", "error");
    this.trouble.setAttribute("role", "alert");
    this.main = button("", () => this.save(), "button primary");
    side.append(...Object.values(this.switches), this.preset, this.preview);
    two.append(this.formats.element, side);
    this.note = element("p", "", "hint");
    footer.append(this.note, this.trouble, button(t("page.cancel"), () => close(), "button"), this.main);
    this.formats.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || this.main.disabled) return;
      event.preventDefault();
      this.save();
    });
    body.append(two, footer);
    this.paint();
    setTimeout(() => this.formats.element.querySelector("[tabindex='0']").focus());
  }

  choice(name, isOn, value) {
    const label = element("label", "", "choice"), box = element("input");
    Object.assign(box, { type: "checkbox", checked: isOn, role: "switch", className: "switch" });
    this.choices[name] = value(isOn);
    box.addEventListener("change", () => { this.choices[name] = value(box.checked); this.paint(); });
    label.append(box, t(`export.${name}`));
    return label;
  }

  presets() {
    const label = element("label", t("export.preset"), "choice"), select = element("select");
    offer(select, Object.entries(settings.export.presets).map(([name, limits]) => [name, describe(name, limits)]), this.choices.preset);
    select.addEventListener("change", () => { this.choices.preset = select.value; this.paint(); });
    label.append(select);
    return label;
  }

  paint() {
    const { formats } = this.choices, names = formats.map(nameOf);
    const taken = new Set(settings.export.formats.filter(({ name }) => formats.includes(name)).flatMap(({ options }) => options));
    for (const name of ["speakers", "times", "origin"]) this.switches[name].hidden = !taken.has(name);
    this.preset.hidden = !taken.has("preset");
    const isMany = this.ids.length > 1 || formats.length > 1;
    this.main.textContent = isMany ? t("export.saveZip", { n: this.ids.length * formats.length }) : t("export.save", { name: names[0] });
    this.note.textContent = this.ids.length > 1 ? "" : t("export.kept", { button: labelOf(formats) });
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.show(), PREVIEW_MILLISECONDS);
  }

  /** The first lines of the first of the recordings, in the first of the formats. */
  async show() {
    const address = `/jobs/${this.ids[0]}/preview.${this.choices.formats[0]}?${asked(this.choices, this.number)}`;
    this.shown = address;
    try {
      const answer = await get(address);
      if (this.shown === address) showPreview(this.preview, answer);
      this.trouble.textContent = "";
    } catch (error) {
      if (this.shown === address) this.preview.replaceChildren(element("p", error.message, "hint"));
    }
  }

  async save() {
    this.main.disabled = true;
    try {
      await save(this.ids, this.choices, this.number);
      this.close();
    } catch (error) {
      this.trouble.textContent = error.message;
      this.main.disabled = false;
      this.main.focus();
    }
  }
}

/** “Netflix: 42 characters, 2 lines, 20 characters a second”. */
export function describe(name, limits) {
  const title = t(`export.presets.${name}`);
  return limits.max_line_chars ? t("export.limits", { name: title, chars: said(limits.max_line_chars), lines: said(limits.max_lines), speed: said(limits.max_cps) }) : title;
}

/** What the button says that exports so at once. */
export function labelOf(formats) {
  return formats.length > 1 ? t("export.several", { n: formats.length }) : t(formats[0] === "docx" ? "export.to" : "export.as", { name: nameOf(formats[0]) });
}

/** Shows the first lines of a file in `place`: what GET /jobs/ID/preview.FORMAT answers: `lines`, or a page's `title`, `paragraphs` and `facts`. */
function showPreview(place, { lines, title, paragraphs, facts }) {
  place.classList.toggle("plain", Boolean(lines));
  place.scrollTop = 0;
  place.replaceChildren(...(lines ? [text("pre", lines.join("\n"))] : [text("h3", title), ...paragraphs.map(paragraph), list(facts)]));
}

function text(name, content, style = "") {
  const made = element(name, content, style);
  made.dir = "auto";
  return made;
}

function paragraph({ speaker, time, text: words }) {
  const made = element("p"), head = element("span", "", "head");
  if (speaker) head.append(text("b", speaker), " ");
  if (time) head.append(element("span", time, "num"));
  if (head.childNodes.length) made.append(head);
  made.append(text("span", words));
  return made;
}

function list(facts) {
  const made = element("dl");
  for (const [name, value] of facts) made.append(element("dt", name), text("dd", value));
  return made;
}
