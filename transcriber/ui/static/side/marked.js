// The passages that are marked.
import { announce, toast } from "../messages.js";
import { arrange, button, element } from "../elements.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { iconButton } from "../icons.js";
import { doc } from "../document/open-document.js";
import { panelSection } from "./section.js";

export class Marked {
  constructor() {
    const { section } = panelSection(t("panel.marked"), "marks");
    Object.assign(this, { section, rows: new Map() });
    this.list = element("ul");
    section.append(this.list);
  }

  paint() {
    const marks = doc.detail?.marks || [];
    this.section.hidden = !marks.length;
    this.rows = new Map(marks.map((mark) => [mark.id, this.row(mark)]));
    arrange(this.list, [...this.rows.values()].map(({ item }) => item));
  }

  row(mark) {
    const row = this.rows.get(mark.id) || this.made(mark.id);
    row.time.textContent = clock(mark.start);
    row.text.textContent = mark.text;
    row.open.onclick = () => doc.goTo({ ...mark, isPlayed: true });
    return row;
  }

  made(id) {
    const item = element("li", "", "quote"), open = button("", () => {}), time = element("time"), text = element("q");
    text.dir = "auto";
    open.append(time, text);
    item.append(open, iconButton("x", t("panel.unmark"), () => this.forget(id)));
    return { item, open, time, text };
  }

  async forget(id) {
    const all = [...this.rows.keys()], place = all.indexOf(id);
    try {
      await doc.edit({ kind: "unmark", id });
      (this.rows.get(all[place + 1]) || this.rows.get(all[place - 1]))?.open.focus();
      announce(t("document.unmarked"));
    } catch (error) {
      toast(error.message);
    }
  }
}
