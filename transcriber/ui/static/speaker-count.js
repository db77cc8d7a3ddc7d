// How many people are told apart: nobody, as many as are found, or as many as somebody says.
import { offer } from "./elements.js";
import { models } from "./models-feed.js";

const OFF = "off", AUTO = "auto", NUMBER = "number", MOST = 99;
const CHOICES = [[OFF, "do not tell apart"], [AUTO, "find out how many"], [NUMBER, "say how many"]];

export class SpeakerCountField {
  /** In the elements `speakers` (a select) and `people` (an input) of a form. */
  constructor(fields) {
    this.fields = fields;
    this.wanted = OFF;
    fields.people.closest(".field").hidden = true;
    fields.speakers.addEventListener("change", () => { this.wanted = fields.speakers.value; });
  }

  /** Offers what the models that are there can; the sentence that says what is missing, else "". */
  paint() {
    const { diarizing } = models, { speakers, people } = this.fields;
    offer(speakers, diarizing.is_there ? CHOICES : CHOICES.slice(0, 1), this.wanted);
    speakers.disabled = !diarizing.is_there;
    people.closest(".field").hidden = speakers.value !== NUMBER;
    return diarizing.is_there ? "" : `To tell speakers apart, set ${diarizing.title} up once: ${diarizing.command}`;
  }

  /** As the routes take it; null where a number is asked for, and none is written. */
  get asked() {
    const { speakers, people } = this.fields;
    if (speakers.value !== NUMBER) return speakers.value || OFF;
    const numbers = people.value.trim().split(/\s*[-–]\s*/), [least, most = least] = numbers.map(Number);
    const isCount = numbers.length <= 2 && numbers.every((number) => /^\d{1,2}$/.test(number)) && least >= 1 && least <= most && most <= MOST;
    return isCount ? [...new Set([least, most])].join("-") : null;
  }

  /** "3 speakers" */
  get difference() {
    const { asked } = this;
    if (asked === OFF) return "";
    return asked === AUTO || asked === null ? "speakers" : `${asked} speaker${asked === "1" ? "" : "s"}`;
  }
}
