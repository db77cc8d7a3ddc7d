// Which models there are on this computer, which can be added, and how they run.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { ConfigurationList } from "./configurations.js";
import { ModelList } from "./model-list.js";
import { NewConfiguration } from "./new-configuration.js";
import { StarterNote } from "./starter-note.js";

class ModelsView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page"), how = element("details", "", "how-they-run"), summary = element("summary", t("models.how"));
    how.append(summary, element("p", t("models.how_about"), "lead"), element("configuration-list"), element("new-configuration"));
    page.append(element("h1", t("page.models")), element("p", t("models.about_models"), "lead"), element("starter-note"), element("model-list"), how);
    this.append(page);
  }
}

customElements.define("starter-note", StarterNote);
customElements.define("configuration-list", ConfigurationList);
customElements.define("new-configuration", NewConfiguration);
customElements.define("model-list", ModelList);
customElements.define("models-view", ModelsView);
