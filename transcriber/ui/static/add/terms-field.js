// The field for names and terms: a textarea whose lines are kept as soon as it is left.
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { terms } from "./terms.js";

let made = 0;

/** `hint`: what is said below it. */
export function termsField(hint = t("add.terms_hint")) {
  const field = element("div", "", "field"), label = element("label", t("add.terms")), area = element("textarea");
  const about = element("p", hint, "hint"), wrong = element("p", "", "error");
  const id = `terms-${made += 1}`;
  Object.assign(area, { id, rows: 7, dir: "auto", spellcheck: false, name: "vocabulary" });
  Object.assign(about, { id: `${id}-about` });
  Object.assign(wrong, { id: `${id}-wrong` });
  label.htmlFor = id;
  wrong.setAttribute("role", "alert");
  area.setAttribute("aria-describedby", `${about.id} ${wrong.id}`);
  let known = "";  // what is written here was so when it was last kept
  area.addEventListener("change", () => { known = area.value; terms.keep(known); });
  terms.listen(() => {
    area.disabled = terms.text === null;
    if (area.value === known) area.value = known = terms.text ?? "";
    wrong.textContent = terms.wrong;
    area.setAttribute("aria-invalid", String(Boolean(terms.wrong)));
  });
  field.append(label, area, about, wrong);
  return field;
}
