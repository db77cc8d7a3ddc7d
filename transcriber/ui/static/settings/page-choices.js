// What the page alone goes by: whether it asks first, how it looks, which language it speaks.
import { element } from "../elements.js";
import { LANGUAGES, t } from "../i18n.js";
import { settings } from "../settings-feed.js";

const THEMES = ["auto", "light", "dark"];

export class PageChoices {
  constructor() {
    this.error = element("p", "", "error");
    this.error.setAttribute("role", "alert");
  }

  askFirst() {
    const label = element("label", "", "choice"), box = Object.assign(element("input"), { type: "checkbox" });
    const about = element("span", t("settings.ask_first_about"), "hint");
    label.append(box, element("b", t("settings.ask_first")), about);
    box.setAttribute("aria-label", t("settings.ask_first"));
    box.setAttribute("aria-description", about.textContent);
    box.addEventListener("change", () => this.change({ ask_first: box.checked }));
    settings.listen(() => { box.checked = settings.page.ask_first; });
    return label;
  }

  /** Another language is spoken from the next loading of the page on. */
  appearance() {
    const place = element("div", "", "pair");
    const themes = THEMES.map((theme) => [theme, t(`settings.theme.${theme}`)]), languages = [["auto", t("settings.browser_language")], ...Object.entries(LANGUAGES)];
    place.append(
      this.select("theme", themes, (theme) => this.change({ theme })),
      this.select("language", languages, async (language) => { if (await this.change({ language })) location.reload(); }),
    );
    return place;
  }

  select(name, choices, act) {
    const label = element("label", "", "field"), select = element("select");
    label.append(element("span", t(`settings.${name}_of_page`)), select);
    select.append(...choices.map(([value, text]) => new Option(text, value)));
    select.addEventListener("change", () => act(select.value));
    settings.listen(() => { select.value = settings.page[name]; });
    return label;
  }

  /** Resolves to whether it is kept. */
  async change(changed) {
    this.error.textContent = "";
    try {
      await settings.change(changed);
      return true;
    } catch (error) {
      this.error.textContent = error.message;
      return false;
    }
  }
}
