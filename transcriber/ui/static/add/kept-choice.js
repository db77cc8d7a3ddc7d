// The choice with which everything is transcribed that is added: kept by the program, and said in a sentence.
import { models } from "../models-feed.js";
import { feed } from "../jobs-feed.js";
import { post } from "../requests.js";
import { settings } from "../settings-feed.js";
import { adding } from "./adding.js";
import { ChoiceFields } from "./choice-fields.js";

const KEPT = ["language", "translate_to", "second_model", "speakers"];

export const kept = new ChoiceFields(settings.page.choice, (name) => keep(name).catch((error) => adding.say(error.message)));

/** What was missing, and has been said now. */
export function keepLanguage(code) {
  kept.wanted.language = code;
  kept.paint();
  keep("language").catch((error) => adding.say(error.message));
}

async function keep(name) {
  if (name === "model") {
    try {
      await post(`/models/${encodeURIComponent(kept.wanted.model)}/use`);
      await feed.refresh();
      await models.asking;
    } finally {
      kept.wanted.model = "";
      kept.paint();
    }
  } else if (KEPT.includes(name) || name === "people") {
    const { language, translate_to, second_model } = kept.wanted;
    if (kept.speakers !== null) await settings.change({ choice: { language, translate_to, second_model, speakers: kept.speakers } });
  }
}

/** The model that is in use, as GET /models lists it. */
export const modelInUse = () => models.models.find(({ name }) => name === kept.choice?.model);
