// While there are only starter models: what they are, and that more accurate ones fit this computer.
import { element } from "../elements.js";
import { language, t } from "../i18n.js";
import { models } from "../models-feed.js";

export class StarterNote extends HTMLElement {
  connectedCallback() {
    const text = element("span"), link = element("a", t("models.see"));
    link.href = "#/models";
    this.setAttribute("role", "note");
    this.append(text, " ", link);
    models.listen(() => {
      const { titles = [], offers = [] } = models.starter || {};
      this.hidden = !offers.length;
      text.textContent = t("models.starter", { n: titles.length, models: new Intl.ListFormat(language).format(titles) });
      link.hidden = this.closest("models-view") !== null;
    });
  }
}
