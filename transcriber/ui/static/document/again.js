// Transcribing once more: one part, with another model or language. What comes of it is another version, from which the words
// can be taken. (All of it: library/actions.js.)
import { ChoiceFields } from "../add/choice-fields.js";
import { kept } from "../add/kept-choice.js";
import { button, element } from "../elements.js";
import { openDialog } from "../dialogs.js";
import { clock } from "../format.js";
import { feed } from "../jobs-feed.js";
import { t } from "../i18n.js";
import { get, post } from "../requests.js";
import { toast } from "../messages.js";
import { doc, toastOnDocument } from "./open-document.js";
import { icon } from "../icons.js";
import { playSeconds } from "./passage.js";

/** Seconds that two parts may differ and yet be the same. */
const TOLERANCE = 0.05;

/** Asks how, and has a part heard again; `part`: { start, end } in seconds. */
export async function hearAgain({ start, end }) {
  const { id } = doc, part = { start, end }, fields = new ChoiceFields({ ...kept.wanted, start: "", end: "", stream: "" });
  const asked = await openDialog(t("document.hearTitle", { start: clock(start), end: clock(end) }), (body, close) => fill(body, close, fields), "small");
  fields.end();
  if (!asked) return;
  try {
    follow(id, part, new Set(doc.detail.transcripts.map((version) => version.id)));
    await post(`/jobs/${id}/retry`, { ...asked, ...part });
    toast(t("document.heardSoon"));
    await feed.refresh();
  } catch (error) {
    toast(error.message);
  }
}

function fill(body, close, fields) {
  const form = element("form", "", "again-form"), footer = element("footer"), begin = button(t("document.begin"), () => {}, "button primary");
  begin.type = "submit";
  footer.append(button(t("page.cancel"), () => close(), "button"), begin);
  form.append(fields.box("model"), fields.box("language"), element("p", t("document.hearHint"), "hint"), footer);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = await fields.asked();
    if (asked) close(asked); else fields.focusWrong();
  });
  body.append(form);
}

/** Offers the words of a part once they are there, as long as its recording is open. */
function follow(id, { start, end }, known) {
  const look = async () => {
    if (doc.id !== id) { stop(); return; }
    const made = doc.detail?.transcripts.find((version) => !known.has(version.id) && version.part && Math.abs(version.part[0] - start) < TOLERANCE && Math.abs(version.part[1] - end) < TOLERANCE);
    if (!made) return;
    stop();
    const words = await wordsOf(id, made.id).catch(() => "");
    if (words) toastOnDocument(t("document.heard", { words }), { undo: () => takePart(made), label: t("panel.take") }); else toast(t("document.heardNothing"));
  };
  const stop = () => doc.removeEventListener("changed", look);
  doc.addEventListener("changed", look);
}

async function wordsOf(id, number) {
  const { segments } = await get(`/jobs/${id}?number=${number}`);
  return segments.flatMap(({ words }) => words).map((word, place) => `${place && word.space_before ? " " : ""}${word.text}`).join("");
}

/** The words of a version of a part in place of those that are shown there. */
export async function takePart({ id, part: [start, end] }) {
  try {
    await doc.edit({ kind: "take", from: id, start, end });
    doc.goTo({ start, end });
    toastOnDocument(t("panel.taken"));
  } catch (error) {
    toast(error.message);
  }
}

/** A box in the place of speech for which there are no words, from the second `start` to `end`. */
export function hole(start, end) {
  const row = element("div", "", "hole");
  row.append(
    icon("gap"), element("span", t("document.hole", { n: Math.max(1, Math.round(end - start)), time: clock(start) })),
    button(t("document.listen"), () => playSeconds(start, end)), button(t("document.hearWith"), () => hearAgain({ start, end })),
  );
  return { row, seconds: start, end };
}
