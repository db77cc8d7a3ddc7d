// Exports the open document as it was done last, at once; the arrow beside it opens the dialog.
import { doc } from "../document/open-document.js";
import { button, element } from "../elements.js";
import { icon, iconButton } from "../icons.js";
import { t } from "../i18n.js";
import { shortcut } from "../keyboard.js";
import { settings } from "../settings-feed.js";
import { toast } from "../messages.js";
import { labelOf, openExport } from "./dialog.js";
import { save } from "./formats.js";

class ExportButton extends HTMLElement {
  connectedCallback() {
    this.main = button("", () => this.save(), "button primary");
    this.name = element("span");
    this.main.append(icon("export"), this.name);
    this.more = button("", openDocumentExport, "button primary more");
    this.more.ariaLabel = this.more.title = t("export.more");
    this.more.append(icon("down"));
    this.phone = iconButton("export", t("export.more"), openDocumentExport, "phone-only");
    const split = element("span", "", "split desk-only");
    split.append(this.main, this.more);
    this.replaceChildren(split, this.phone);
    for (const name of ["opened", "grown", "changed", "spliced", "closed"]) doc.addEventListener(name, () => this.paint());
    settings.listen(() => this.paint());
  }

  paint() {
    this.name.textContent = labelOf(settings.page.export.formats);
    for (const one of [this.main, this.more, this.phone]) one.disabled = !doc.segments.length;
  }

  async save() {
    this.main.disabled = true;
    await save([doc.id], settings.page.export, doc.number).catch((error) => toast(error.message));
    this.paint();
    this.main.focus();
  }
}

function openDocumentExport() {
  if (!doc.job || !doc.segments.length) return false;
  openExport({ ids: [doc.id], title: doc.job.title || doc.job.name, number: doc.number, hasMarks: Boolean(doc.detail.marks?.length) });
  return true;
}

shortcut(["Ctrl+E"], "places", "export", openDocumentExport, { shown: "Ctrl E" });
customElements.define("export-button", ExportButton);
