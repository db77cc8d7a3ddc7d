// Speech for which there are no words: a box in its place.
import { button, element } from "../elements.js";
import { clock } from "../format.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { hearAgain } from "./again.js";
import { playSeconds } from "./passage.js";

/** For the seconds from `start` to `end`. */
export function hole(start, end) {
  const row = element("div", "", "hole");
  row.append(
    icon("gap"), element("span", t("document.hole", { n: Math.max(1, Math.round(end - start)), time: clock(start) })),
    button(t("document.listen"), () => playSeconds(start, end)), button(t("document.hearWith"), () => hearAgain({ start, end })),
  );
  return { row, seconds: start, end };
}
