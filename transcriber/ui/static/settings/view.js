// What the user has chosen for all recordings, and for the page.
import { PageChoices } from "./page-choices.js";
import { RememberedVoices } from "./remembered-voices.js";
import { termsField } from "../add/terms.js";
import { element, section } from "../elements.js";
import { t } from "../i18n.js";
import { sendJson, get } from "../requests.js";
import { settings } from "../settings-feed.js";
import { size } from "../models/facts.js";
import { onRoute } from "../router.js";

class SettingsView extends HTMLElement {
  connectedCallback() {
    const page = element("div", "", "page settings"), choices = new PageChoices();
    page.append(
      element("h1", t("page.settings")),
      section(t("settings.new_recordings"), choices.askFirst()),
      section(t("settings.terms"), termsField()),
      section(t("settings.saved_files"), element("saved-formats")),
      section(t("settings.voices"), element("remembered-voices")),
      section(t("settings.appearance"), choices.appearance(), choices.error),
      section(t("settings.storage"), element("storage-used")),
    );
    this.append(page);
  }
}

/** As which files every finished transcript is saved, and where. */
class SavedFormats extends HTMLElement {
  async connectedCallback() {
    await settings.known;
    const { formats, sidecars, known_formats: known, folder } = settings;
    const field = element("fieldset", "", "formats"), legend = element("legend", t("settings.save_as"), "hint"), where = element("p", t("settings.saved_in"), "hint");
    this.boxes = Object.entries(known).map(([name, title]) => choice(name, name.toUpperCase(), meaning(name, title), formats.includes(name)));
    this.sidecars = choice("", t("settings.sidecars"), t("settings.sidecars_about"), sidecars);
    this.error = element("p", "", "error");
    this.error.setAttribute("role", "alert");
    where.append(" ", element("bdi", folder, "path"));
    field.append(legend, ...this.boxes);
    this.addEventListener("change", () => this.save());
    this.replaceChildren(field, this.sidecars, where, this.error);
  }

  async save() {
    const chosen = (label) => label.querySelector("input").checked;
    const formats = this.boxes.filter(chosen).map((label) => label.querySelector("input").value);
    this.error.textContent = "";
    await sendJson("PUT", "/settings", { formats, sidecars: chosen(this.sidecars) }).catch((error) => { this.error.textContent = error.message; });
  }
}

/** What a format is for, in the page's language, where it has a text for it. */
function meaning(name, title) {
  const key = `export.hints.${name}`, text = t(key);
  return text === key || text.startsWith(".") ? title : text;
}

/** A box to tick, with its name and what that means. */
function choice(value, name, meaning, checked) {
  const label = element("label", "", "choice"), box = element("input"), what = element("span", meaning, "hint");
  Object.assign(box, { type: "checkbox", value, checked });
  box.setAttribute("aria-label", name);
  box.setAttribute("aria-description", meaning);
  label.append(box, element("b", name), what);
  return label;
}

// How much of the disk is used, and for what.
const PARTS = ["recordings", "transcripts", "models", "bin", "free"];

class StorageUsed extends HTMLElement {
  connectedCallback() {
    this.list = element("dl", "", "facts");
    this.append(this.list);
    onRoute(({ view }) => { if (view === "settings") this.load(); });
  }

  async load() {
    const used = await get("/settings/storage").catch(() => null);
    this.closest("section").hidden = !used;
    const parts = PARTS.filter((name) => used && name in used);
    this.list.replaceChildren(...parts.flatMap((name) => [element("dt", t(`settings.used.${name}`)), element("dd", size(used[name]))]));
  }
}

customElements.define("saved-formats", SavedFormats);
customElements.define("remembered-voices", RememberedVoices);
customElements.define("storage-used", StorageUsed);
customElements.define("settings-view", SettingsView);
