// Which models there are on this computer, which can be added, and how they run.
import { element, arrange, button } from "../elements.js";
import { t, language } from "../i18n.js";
import { ConfigurationList, NewConfiguration } from "./configurations.js";
import { ModelRow } from "./model-row.js";
import { feed } from "../jobs-feed.js";
import { models } from "../models-feed.js";
import { post } from "../requests.js";

class ModelsView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page"), how = element("details", "", "how-they-run"), summary = element("summary", t("models.how"));
    how.append(summary, element("p", t("models.how_about"), "lead"), element("configuration-list"), element("new-configuration"));
    page.append(element("h1", t("page.models")), element("p", t("models.about_models"), "lead"), element("starter-note"), element("model-list"), how);
    this.append(page);
  }
}

// Every model that there can be: those on this computer, those that suit it, and behind a button the others.
const MOVING = ["waiting", "downloading", "freezing", "proving"];

class ModelList extends HTMLElement {
  connectedCallback() {
    this.rows = new Map();
    this.message = element("p", "", "message");
    this.message.setAttribute("role", "alert");
    [this.here, this.offered, this.others] = ["here", "offered", "others"].map((name) => this.list(name));
    this.hint = element("p", "", "hint");
    this.toggle = button("", () => { this.others.section.hidden = !this.others.section.hidden; this.paintToggle(); }, "button quiet");
    this.verify = button(t("models.verify_all"), () => this.verifyAll(), "button quiet");
    this.others.section.hidden = true;
    const foot = element("p", "", "foot");
    foot.append(this.toggle, this.verify);
    this.append(this.message, this.here.section, this.offered.section, this.hint, foot, this.others.section);
    models.listen(() => this.paint());
  }

  /** A section with the heads of its columns. */
  list(name) {
    const section = element("section"), head = element("div", "", "model-head"), list = element("ul", "", "model-list"), heading = element("h2", t(`models.${name}_title`));
    list.setAttribute("role", "list");
    list.setAttribute("aria-label", t(`models.${name}`));
    head.append(heading, ...["accuracy", "speed", "size"].map((name) => {
      const column = element("span", t(`models.${name}`), name);
      column.setAttribute("aria-hidden", "true");
      return column;
    }));
    section.append(head, list);
    return { section, list };
  }

  paint() {
    for (const model of models.models) {
      if (!this.rows.has(model.name)) this.rows.set(model.name, new ModelRow(this, model.name));
      this.rows.get(model.name).paint(model, models.can_set_up);
    }
    const items = (isIn) => models.models.filter(isIn).map((model) => this.rows.get(model.name).item);
    const isMissing = (model) => model.state === "missing", isOffered = (model) => model.is_offered || MOVING.includes(model.set_up?.stage);
    arrange(this.here.list, items((model) => !isMissing(model)));
    arrange(this.offered.list, items((model) => isMissing(model) && isOffered(model)));
    arrange(this.others.list, items((model) => isMissing(model) && !isOffered(model)));
    this.here.section.hidden = !this.here.list.children.length;
    this.offered.section.hidden = !this.offered.list.children.length;
    this.hint.textContent = t(models.can_set_up ? "models.goes_online" : "models.by_command");
    this.paintToggle();
  }

  paintToggle() {
    const { section, list } = this.others, isOpen = !section.hidden;
    this.toggle.textContent = t(isOpen ? "models.fewer" : "models.more", { n: list.children.length });
    this.toggle.hidden = !list.children.length;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
  }

  async verifyAll() {
    for (const { name, state } of models.models) if (["frozen", "damaged"].includes(state)) await this.act(name, "verify");
  }

  async act(name, what) {
    this.message.textContent = "";
    try {
      const known = models.choices.find(({ model }) => model === name)?.name;
      await post(`/models/${encodeURIComponent((what === "use" && known) || name)}/${what}`);
      await feed.refresh();
    } catch (error) {
      this.message.textContent = error.message;
    }
  }
}

/** While there are only starter models: what they are, and that more accurate ones fit this computer. */
class StarterNote extends HTMLElement {
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

customElements.define("starter-note", StarterNote);
customElements.define("configuration-list", ConfigurationList);
customElements.define("new-configuration", NewConfiguration);
customElements.define("model-list", ModelList);
customElements.define("models-view", ModelsView);
