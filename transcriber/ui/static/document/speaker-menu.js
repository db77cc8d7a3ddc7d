// Who speaks in a paragraph: one of those who are known, or somebody new.
import { announce, toast } from "../messages.js";
import { button, element } from "../elements.js";
import { openDialog } from "../dialogs.js";
import { t } from "../i18n.js";
import { openMenu } from "../menus.js";
import { speakersOf } from "../side/colours.js";
import { doc } from "./open-document.js";

/** Lets the user choose who speaks in a paragraph. */
export function chooseSpeaker(paragraph, anchor) {
  const known = speakersOf(doc).map((name) => ({ text: name, checked: name === paragraph.speaker, act: () => setSpeaker(paragraph, name) }));
  openMenu(anchor, [
    ...known, ...(known.length ? [null] : []),
    { text: t("document.newSpeaker"), icon: "plus", act: () => askName(paragraph) },
    ...(paragraph.speaker ? [{ text: t("document.nobody"), icon: "x", act: () => setSpeaker(paragraph, null) }] : []),
  ], t("document.whoSpeaks"));
}

async function askName(paragraph) {
  const name = await openDialog(t("document.newSpeaker"), (body, close) => {
    const form = element("form", "", "ask-name"), input = element("input"), footer = element("footer"), keep = button(t("page.done"), () => {}, "button primary");
    Object.assign(input, { dir: "auto", autocomplete: "off", maxLength: 100, ariaLabel: t("document.name") });
    keep.type = "submit";
    footer.append(button(t("page.cancel"), () => close(), "button"), keep);
    form.append(input, footer);
    form.addEventListener("submit", (event) => { event.preventDefault(); if (input.value.trim()) close(input.value.trim()); });
    body.append(form);
    requestAnimationFrame(() => input.focus());
  }, "small");
  if (name) await setSpeaker(paragraph, name);
}

/** This person speaks in all of a paragraph; null: nobody knows. */
export async function setSpeaker(paragraph, speaker) {
  if (speaker === paragraph.speaker) return;
  try {
    await doc.edit(() => ({ kind: "speaker", first: paragraph.first, count: paragraph.count, speaker }));
    announce(t("document.speaks", { who: speaker || t("document.nobody") }));
  } catch (error) {
    toast(error.message);
  }
}

/** The speaker with this number in the order of all, from 1; undefined where there are not so many. */
export const speakerNumber = (number) => speakersOf(doc)[number - 1];
