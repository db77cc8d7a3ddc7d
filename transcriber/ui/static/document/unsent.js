// What was written last in a recording that is left: sent now, or when the program answers again.
import { t } from "../i18n.js";
import { post } from "../requests.js";
import { toast } from "../messages.js";

const AGAIN_MILLISECONDS = 1500;
let waiting = 0;

/** Calls `ask`, which has the program keep a text, until the program answers; until then the tab asks before it is closed. */
export async function sendLater(text, ask) {
  waiting += 1;
  for (;;) {
    try {
      await ask();
      break;
    } catch (error) {
      if (error.status !== 0) { toast(t("document.notKeptText", { why: error.message, text })); break; }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MILLISECONDS));
    }
  }
  waiting -= 1;
}

/** The same for an edit of the recording `id` in which `text` is written; made for the revision that was seen, so that nothing
 * is written over that came meanwhile. */
export const sendEditLater = (text, { id, ...change }) => sendLater(text, () => post(`/jobs/${id}/edits`, change));

/** Such an edit when the page goes away: there is no time for an answer. */
export function sendEditAtOnce({ id, ...change }) {
  post(`/jobs/${id}/edits`, change).catch(() => {});
}

addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
