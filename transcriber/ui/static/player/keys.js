// The keys that play.
import { doc } from "../document/open-document.js";
import { shortcut } from "../keyboard.js";
import { passageAt } from "./passages.js";
import { player } from "./player.js";

/** Seconds that a step goes. */
export const STEP = 5;

/** Plays what is said at the place again and again, or no longer. */
export function toggleLoop() {
  if (player.looped) { player.loop(null); return; }
  const passage = passageAt(doc.segments, player.time);
  if (passage) player.loop(passage.start, passage.end);
}

const ifThere = (act) => () => { if (!player.media) return false; act(); return true; };
shortcut(["Space", "K"], "listening", "play", ifThere(() => player.toggle()), { shown: "Space · K", typing: true });
shortcut(["J"], "listening", "back", ifThere(() => player.skip(-STEP)), { typing: true });
shortcut(["L"], "listening", "forward", ifThere(() => player.skip(STEP)), { typing: true });
shortcut(["<"], "listening", "slower", ifThere(() => player.pace(-1)), { typing: true });
shortcut([">"], "listening", "faster", ifThere(() => player.pace(1)), { typing: true });
shortcut(["R"], "listening", "loop", ifThere(toggleLoop), { typing: true });
