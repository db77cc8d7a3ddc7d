// Asks how recordings are transcribed, and says what it will take.
import { ALL, ChoiceFields } from "./choice-fields.js";
import { kept, keepLanguage } from "./kept-choice.js";
import { Preflight } from "./preflight.js";
import { openDialog } from "../dialogs.js";
import { button, element } from "../elements.js";
import { t } from "../i18n.js";
import { settings } from "../settings-feed.js";

/** `what`: { recordings } by their ids, or { path }. `wanted`: what is chosen to begin with, besides what is kept. Resolves to what to ask
 * the program for; to nothing for "Not now". */
export async function askHow(what, wanted = {}) {
  const fields = new ChoiceFields({ ...kept.wanted, model: kept.wanted.model || kept.controls.model.value, ...wanted });
  const preflight = new Preflight(what, fields), count = what.recordings?.length ?? 1;
  const asking = openDialog(t("add.ask.title", { n: count }), (body, close) => {
    const form = element("form", "", "choice-form"), buttons = element("footer"), begin = element("button", t("add.transcribe"), "button primary");
    form.append(...ALL.map((name) => fields.box(name)), preflight.element, buttons);
    buttons.append(button(t("add.ask.later"), () => close(), "button"), begin);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const asked = await fields.asked();
      if (asked) close(asked); else fields.focusWrong();
    });
    body.append(form);
    begin.autofocus = true;
  });
  if (!settings.page.ask_first && fields.check().length) fields.focusWrong();
  const asked = await asking;
  fields.end();
  preflight.end();
  if (asked && !kept.controls.language.value && asked.model === kept.controls.model.value) keepLanguage(asked.language);
  return asked;
}
