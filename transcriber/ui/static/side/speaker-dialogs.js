// What is asked about those who speak.
import { button, element, offer } from "../elements.js";
import { openDialog } from "../dialogs.js";
import { t } from "../i18n.js";

/** A form in a dialog; `fill(form)` returns what reads its answer: null where there is none yet. */
function askForm(title, action, fill) {
  return openDialog(title, (body, close) => {
    const form = element("form", "", "speakers-form"), footer = element("footer"), main = button(action, () => {}, "button primary");
    const read = fill(form);
    main.type = "submit";
    footer.append(button(t("page.cancel"), () => close(), "button"), main);
    form.append(footer);
    form.addEventListener("submit", (event) => { event.preventDefault(); const answer = read(); if (answer) close(answer); });
    body.append(form);
    requestAnimationFrame(() => form.querySelector("input, select").focus());
  }, "small");
}

function field(form, text, control, hint = "") {
  const label = element("label", text, "field");
  label.append(control);
  form.append(label);
  if (hint) form.append(element("p", hint, "hint"));
  return control;
}

/** Which two are the same person: [one, who it is]; undefined where nobody says. */
export const askMerge = (names) => askForm(t("speakers.mergeTitle"), t("speakers.mergeThem"), (form) => {
  const [one, other] = [t("speakers.this"), t("speakers.isThat")].map((text) => field(form, text, element("select"))), people = names.map((name) => [name, name]);
  offer(one, people, names.at(-1));
  offer(other, people, names[0]);
  return () => (one.value === other.value ? null : [one.value, other.value]);
});

/** How many people speak, as "3", "2-4" or "auto". */
export const askCount = () => askForm(t("speakers.countTitle"), t("speakers.tellApart"), (form) => {
  const input = field(form, t("speakers.count"), Object.assign(element("input"), { autocomplete: "off", placeholder: "3" }), t("speakers.countHint"));
  return () => input.value.trim() || "auto";
});

/** A name. */
export const askName = () => askForm(t("speakers.byHand"), t("page.done"), (form) => {
  const input = field(form, t("speakers.name"), Object.assign(element("input"), { autocomplete: "off", maxLength: 100, dir: "auto" }), t("speakers.byHandHint"));
  return () => input.value.trim() || null;
});
