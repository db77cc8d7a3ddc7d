// Has recordings transcribed: at once with the kept choice, or after asking how.
import { adding } from "./adding.js";
import { askHow } from "./ask-first.js";
import { kept } from "./kept-choice.js";
import { feed } from "../jobs-feed.js";
import { post } from "../requests.js";
import { addressOf, go } from "../router.js";
import { settings } from "../settings-feed.js";

/** `ids`: of recordings, which may still come one after another (also an async iterable); the page goes to the first of them
 * unless it is not to be shown. What is refused is said, and stays in the list. */
export async function start(ids, { isShown = true } = {}) {
  const waiting = [], asking = how();
  let isBegun = false, isRefused = false;
  const begin = async (recordings, asked) => {
    await post("/jobs", { ...asked, recordings });
    if (isShown && !isBegun) go(addressOf(recordings[0]));
    isBegun = true;
  };
  try {
    for await (const id of ids) {
      const asked = await asking;
      if (!asked) waiting.push(id);
      else if (!isRefused) await begin([id], asked).catch((error) => { isRefused = true; adding.say(error.message); });
    }
    await feed.refresh();
    const asked = waiting.length && await askHow({ recordings: waiting });
    if (asked) await begin(waiting, asked);
  } catch (error) {
    adding.say(error.message);
  }
  if (isBegun) kept.forgetPart();
  await feed.refresh();
}

/** A file of this computer. Throws with a sentence for the user; resolves to whether it was begun. */
export async function startPath(path) {
  const asked = await how() || await askHow({ path });
  if (!asked) return false;
  const [job] = await post("/jobs", { ...asked, path });
  kept.forgetPart();
  await feed.refresh();
  go(addressOf(job.id));
  return true;
}

/** The kept choice; null where the user is to be asked. */
const how = async () => (settings.page.ask_first ? null : kept.asked());
