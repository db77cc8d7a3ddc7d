// What is done with a recording that is added, in one sentence: language, model, names and terms, and what differs from the usual.
import { kept, modelInUse } from "./kept-choice.js";
import { nameOf } from "./choice-fields.js";
import { terms, termsField } from "./terms.js";
import { openDialog } from "../dialogs.js";
import { button, element } from "../elements.js";
import { feed } from "../jobs-feed.js";
import { filled, t } from "../i18n.js";
import { models } from "../models-feed.js";
import { timecode } from "../format.js";

const MORE = ["translate_to", "second_model", "stream", "start", "end"];

let termsPlace;

export function sentence() {
  const place = element("div", "", "how"), line = element("p"), about = element("p", "", "said");
  const termsButton = button("", editTerms, "pick open"), more = button(t("add.more"), chooseMore, "pick quiet");
  const { language, model, speakers, people } = kept.controls;
  for (const control of [language, model, speakers, people]) control.classList.add("pick");
  const speaking = element("span", "", "speaking");
  speaking.append(...filled("add.speaking", { speakers, people }));
  line.append(...filled("add.sentence", { language, model, terms: termsButton }), "\u2060", speaking, " ", more);  // the comma stays with the word
  about.setAttribute("role", "status");
  const paint = () => {
    const count = terms.list.length;
    termsButton.textContent = count ? t("add.terms_count", { n: count }) : t("add.terms_none");
    speaking.hidden = !models.diarizing.is_there;
    more.textContent = differences() || t("add.more");
    const text = said();
    if (about.textContent !== text) about.textContent = text;
  };
  for (const source of [kept, feed]) source.listen(paint);
  place.append(line, about);
  return place;
}

/** That the model is being loaded, that it takes no terms, or how long an hour takes. */
function said() {
  if (feed.loading) return t("add.loading", { model: feed.loading });
  if (terms.list.length && kept.choice && !kept.choice.capabilities.takes_vocabulary) return t("add.takes_no_terms");
  const speed = modelInUse()?.speed_here;
  return speed ? t("add.an_hour", { n: Math.max(1, Math.round(60 / speed)) }) : "";
}

/** "German → English, from 00:10:00": what is chosen behind “More”. */
function differences() {
  const { translate_to: into, start, end, stream, second_model: second } = kept.filled;
  const part = [start && t("add.from", { time: timecode(start) }), end && t("add.to", { time: timecode(end) })].filter(Boolean).join(" ");
  return [into && `→ ${nameOf(into)}`, second && t("add.with_second"), part, stream && t("add.track", { stream })].filter(Boolean).join(", ");
}

function editTerms() {
  openDialog(t("add.terms"), (body, close) => {
    const buttons = element("footer"), field = element("div", "", "dialog-field");
    field.append(termsPlace ||= termsField());
    buttons.append(button(t("page.done"), async () => { if (await terms.kept()) close(); }, "button primary"));
    body.append(field, buttons);
    field.querySelector("textarea").autofocus = true;
  }, "small");
}

function chooseMore() {
  openDialog(t("add.more_title"), (body, close) => {
    const form = element("form", "", "choice-form"), buttons = element("footer");
    form.append(...MORE.map((name) => kept.box(name)));
    if (!models.diarizing.is_there) form.append(element("p", t("add.no_speakers", { model: models.diarizing.title, command: models.diarizing.command }), "hint wide"));
    buttons.append(element("button", t("page.done"), "button primary"));
    form.append(buttons);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (kept.check(MORE).length) kept.focusWrong(); else close();
    });
    body.append(form);
    form.querySelector(".field:not([hidden]) :is(select, input)").autofocus = true;
  });
}
