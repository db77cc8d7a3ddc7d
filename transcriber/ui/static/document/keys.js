// The keys of the document.
import { shortcut } from "../keyboard.js";
import { route } from "../router.js";
import { paragraphOf } from "./paragraph.js";
import { markPassage, selectedPassage, wholeParagraph } from "./passage.js";
import { chooseSpeaker, setSpeaker, speakerNumber } from "./speaker-menu.js";

/** Binds the keys to a view of the document. */
export function bindKeys({ text, spoken, correcting, find, tools, place }) {
  const isHere = () => route.view === "recording" && route.params.v !== "subtitles" && text.paragraphs.length > 0;
  /** That which has the focus, or is spoken, or the first. */
  const current = () => paragraphOf(document.activeElement) || spoken.paragraph || text.paragraphs[0];
  const isOnText = () => document.activeElement === document.body || document.activeElement.id === "main" || place.contains(document.activeElement) && !document.activeElement.closest("button, input");
  const passage = () => selectedPassage(text) || wholeParagraph(current());
  const when = (act, condition = isHere) => (event) => condition() && act(event);

  shortcut(["ArrowUp", "ArrowDown"], "listening", "paragraphs", when((event) => step(event.key === "ArrowUp" ? -1 : 1), () => isHere() && isOnText()), { shown: "↑ · ↓" });
  shortcut(["Enter"], "correcting", "edit", when(() => correcting.beginAtVoice(current()), () => isHere() && isOnText()));
  shortcut(["Escape"], "correcting", "done", () => false, { shown: "Esc" });
  shortcut(["Ctrl+Z"], "correcting", "undo", when(() => tools.turn("undo"), () => route.view === "recording" && !correcting.hasTyped() && !isInField()), { shown: "Ctrl Z" });
  shortcut(["Ctrl+Shift+Z", "Ctrl+Y"], "correcting", "redo", when(() => tools.turn("redo"), () => route.view === "recording" && !correcting.hasTyped() && !isInField()), { shown: "Ctrl ⇧ Z" });
  shortcut(["1", "2", "3", "4", "5", "6", "7", "8", "9"], "speakers", "who", when((event) => assign(Number(event.code?.replace(/\D/g, "") || event.key))), { shown: "1 … 9", typing: true });
  shortcut(["0"], "speakers", "otherSpeaker", when(() => chooseSpeaker(current(), current().row.querySelector(".who"))), { typing: true });
  shortcut(["M"], "speakers", "mark", when(() => markPassage(passage())));
  shortcut(["Ctrl+F"], "places", "find", when(() => find.open(chosenWords()), () => isHere()), { shown: "Ctrl F" });

  const isInField = () => Boolean(document.activeElement.closest("input, textarea"));
  const chosenWords = () => { const chosen = getSelection().toString().trim(); return chosen.length < 80 && !chosen.includes("\n") ? chosen : ""; };

  function step(by) {
    const at = paragraphOf(document.activeElement), next = at ? text.paragraphs[text.paragraphs.indexOf(at) + by] : current();
    if (next) text.focus(next);
  }

  function assign(number) {
    const speaker = speakerNumber(number);
    if (!speaker) return false;
    setSpeaker(current(), speaker);
    return true;
  }
}
