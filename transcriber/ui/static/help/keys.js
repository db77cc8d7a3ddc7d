// The dialog behind “?”: all keys of the page, as keyboard.js has them.
import { openDialog } from "../dialogs.js";
import { element } from "../elements.js";
import { t } from "../i18n.js";
import { allShortcuts, shortcut } from "../keyboard.js";

const GROUPS = ["listening", "correcting", "speakers", "places"];
/** What is said besides the table: that the same keys work while somebody writes. */
const WRITING = [["Alt", "typing"]];

export function showKeys() {
  return openDialog(t("keys.title"), (body) => {
    const grid = element("div", "", "keys");
    for (const group of GROUPS) grid.append(part(group));
    body.append(grid);
  });
}

function part(group) {
  const section = element("section"), list = element("dl");
  const known = allShortcuts().filter((one) => one.group === group).map(({ shown, name }) => [shown, name]);
  for (const [keys, name] of [...known, ...(group === "correcting" ? WRITING : [])]) {
    const written = element("dd");
    written.append(...keys.split(" · ").map((key) => element("kbd", key)));
    list.append(element("dt", t(`keys.${name}`)), written);
  }
  section.append(element("h3", t(`keys.${group}`)), list);
  return section;
}

shortcut(["?"], "places", "these", () => { showKeys(); });
