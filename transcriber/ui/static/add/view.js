// How recordings are added: dropped, chosen, recorded, or named by their path; and how they are transcribed, in a sentence.
import { sentence } from "./sentence.js";
import { AddingTroubles, DropField } from "./drop-field.js";
import { RecorderField } from "./recorder.js";
import { PathField } from "./path-field.js";
import { element } from "../elements.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

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

customElements.define("adding-troubles", AddingTroubles);
customElements.define("drop-field", DropField);
customElements.define("recorder-field", RecorderField);
customElements.define("path-field", PathField);
customElements.define("add-view", AddView);
