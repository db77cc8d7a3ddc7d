// The formats in their groups: a list of which one is chosen, or several with Ctrl, Shift or their box.
import { element } from "../elements.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { settings } from "../settings-feed.js";
import { getFile } from "../requests.js";
import { toast } from "../messages.js";

export class Formats {
  /** `chosen`: the names of those that are; `onChange` is called with them. */
  constructor(chosen, onChange) {
    Object.assign(this, { chosen: new Set(chosen), onChange });
    this.element = element("div", "", "formats");
    Object.assign(this.element, { role: "listbox", ariaLabel: t("export.format"), ariaMultiSelectable: "true" });
    this.options = [];
    for (const group of settings.export.groups) this.element.append(this.group(group));
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.paint(this.options.find(({ dataset }) => this.chosen.has(dataset.format)));
  }

  group(name) {
    const group = element("div"), heading = element("h3", t(`export.groups.${name}`));
    group.setAttribute("role", "group");
    group.ariaLabel = heading.textContent;
    heading.setAttribute("aria-hidden", "true");
    group.append(heading);
    for (const { name: format } of settings.export.formats.filter((known) => known.group === name)) group.append(this.option(format));
    return group;
  }

  option(format) {
    const option = element("div", "", "format"), box = element("span", "", "box");
    option.setAttribute("role", "option");
    option.dataset.format = format;
    box.title = t("export.also");
    box.append(icon("check"));
    option.append(element("b", nameOf(format)), element("span", t(`export.hints.${format}`), "says"), box);
    option.addEventListener("click", (event) => this.choose(option, event.ctrlKey || event.metaKey || event.shiftKey || box.contains(event.target)));
    this.options.push(option);
    return option;
  }

  /** `isMore`: besides what is chosen, or no longer. */
  choose(option, isMore) {
    const { format } = option.dataset;
    if (!isMore) this.chosen = new Set([format]);
    else if (!this.chosen.delete(format) || !this.chosen.size) this.chosen.add(format);
    this.paint(option);
    option.focus();
    this.onChange(this.list);
  }

  /** Their names, in the order in which they are shown. */
  get list() { return this.options.map(({ dataset }) => dataset.format).filter((format) => this.chosen.has(format)); }

  key(event) {
    const place = this.options.indexOf(event.target.closest("[role=option]")), last = this.options.length - 1;
    const to = { ArrowDown: Math.min(last, place + 1), ArrowUp: Math.max(0, place - 1), Home: 0, End: last }[event.key];
    if (to === undefined && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") this.choose(this.options[place], true);
    else if (event.ctrlKey) { this.paint(this.options[to]); this.options[to].focus(); }
    else this.choose(this.options[to], event.shiftKey);
  }

  paint(current = this.options[0]) {
    this.element.classList.toggle("several", this.chosen.size > 1);
    for (const option of this.options) {
      option.ariaSelected = String(this.chosen.has(option.dataset.format));
      option.tabIndex = option === current ? 0 : -1;
    }
  }
}

/** What a format is called. */
export const nameOf = (format) => t(`export.names.${format}`);

/** What a request for a file in such a choice of options asks, as "speakers=true&times=false". */
export function asked(choices, number = null) {
  const { formats, ...options } = choices, given = Object.entries({ ...options, number }).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(given);
}

/** Saves the recordings in the chosen formats, several files as an archive, and keeps the choice. Throws with a sentence. */
export async function save(ids, choices, number = null) {
  const isOne = ids.length === 1 && choices.formats.length === 1;
  const { name, content } = isOne
    ? await getFile(`/jobs/${ids[0]}/transcript.${choices.formats[0]}?${asked(choices, number)}`)
    : await getFile("/jobs/export", { ids, ...choices, number: ids.length === 1 ? number : null });
  const link = document.createElement("a"), address = URL.createObjectURL(content);
  Object.assign(link, { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  toast(t("export.saved", { name }));
  await settings.change({ export: { ...choices, marked: false } });
}
