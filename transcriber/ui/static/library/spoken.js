// Says to those who do not see the list what has come to an end there.
import { announce } from "../announce.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";

const SAID = { done: "library.said_done", failed: "library.said_failed" };
let working = new Set();

feed.listen(() => {
  for (const { id, state, title } of feed.jobs) if (working.has(id) && SAID[state]) announce(t(SAID[state], { name: title }));
  working = new Set(feed.jobs.filter(({ state }) => ["queued", "running"].includes(state)).map(({ id }) => id));
});
