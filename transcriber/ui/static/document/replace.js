// Replacing all at once: first what it would change is shown.
import { button, element } from "../elements.js";
import { openDialog } from "../dialogs.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { post } from "../requests.js";
import { toast } from "../toast.js";
import { doc } from "./open-document.js";
import { toastOnDocument } from "./way-back.js";

/** `asked`: { find, with, match_case, whole_words }. */
export async function replaceAll(asked) {
  const change = { kind: "replace", ...asked };
  try {
    const { count, hits } = await post(`/jobs/${doc.id}/edits/preview`, { ...change, number: doc.number, revision: doc.detail.revision });
    const isWanted = count && await openDialog(t("document.replaceTitle", { n: count }), (body, close) => fill(body, { count, hits }, asked, close));
    if (!isWanted) return;
    await doc.edit(change);
    toastOnDocument(t("document.replaced", { n: count }));
  } catch (error) {
    toast(error.message);
  }
}

function fill(body, { count, hits }, asked, close) {
  const list = element("ul", "", "preview-hits"), footer = element("footer");
  list.tabIndex = 0;
  list.setAttribute("aria-label", t("document.replaceTitle", { n: count }));
  list.append(...hits.map(({ start, before, match, after }) => {
    const row = element("li"), text = element("p");
    text.dir = "auto";
    text.append(before, element("del", match), " ", element("ins", asked.with), after);
    row.append(element("time", start == null ? "" : clock(start)), text);
    return row;
  }));
  if (count > hits.length) list.append(element("li", t("document.moreHits", { n: count - hits.length }), "hint"));
  footer.append(button(t("page.cancel"), () => close(false), "button"), button(t("document.replace"), () => close(true), "button primary"));
  body.append(list, footer);
}
