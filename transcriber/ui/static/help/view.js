// How the program is used, what it does with recordings, and what is published of its models.
import { ModelTable } from "./model-table.js";
import { OfflineProof } from "./offline.js";
import { showKeys } from "./keys.js";
import { button, element } from "../elements.js";
import { t } from "../i18n.js";

const STEPS = ["add", "choose", "wait", "listen", "correct", "export", "keep"], PRIVACY = ["offline", "frozen", "fast"];

class HelpView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page help");
    page.append(
      element("h1", t("page.help")), element("p", t("help.about"), "lead"),
      section("how", list("ol", "steps", STEPS), button(t("help.keys"), () => showKeys(), "button")),
      section("privacy", list("ul", "promises", PRIVACY), element("offline-proof")),
      section("models", element("model-table")),
    );
    this.append(page);
  }
}

function section(name, ...content) {
  const made = element("section"), heading = element("h2", t(`help.${name}`));
  made.append(heading, ...content);
  return made;
}

function list(tag, part, names) {
  const made = element(tag);
  made.append(...names.map((name) => element("li", t(`help.${part}.${name}`))));
  return made;
}

customElements.define("model-table", ModelTable);
customElements.define("offline-proof", OfflineProof);
customElements.define("help-view", HelpView);
