// What the user has chosen for all recordings, and for the page.
import { PageChoices } from "./page-choices.js";
import { RememberedVoices } from "./remembered-voices.js";
import { SavedFormats } from "./saved-formats.js";
import { StorageUsed } from "./storage-used.js";
import { termsField } from "../add/terms-field.js";
import { element } from "../elements.js";
import { t } from "../i18n.js";

class SettingsView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page settings"), choices = new PageChoices();
    page.append(
      element("h1", t("page.settings")),
      section("new_recordings", choices.askFirst()),
      section("terms", termsField()),
      section("saved_files", element("saved-formats")),
      section("voices", element("remembered-voices")),
      section("appearance", choices.appearance(), choices.error),
      section("storage", element("storage-used")),
    );
    this.append(page);
  }
}

function section(name, ...content) {
  const made = element("section"), heading = element("h2", t(`settings.${name}`));
  made.append(heading, ...content);
  return made;
}

customElements.define("saved-formats", SavedFormats);
customElements.define("remembered-voices", RememberedVoices);
customElements.define("storage-used", StorageUsed);
customElements.define("settings-view", SettingsView);
