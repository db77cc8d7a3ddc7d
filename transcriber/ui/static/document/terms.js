// Names that were just corrected may be wanted among the names and terms, which later transcriptions go by.
import { t } from "../i18n.js";
import { get, sendJson } from "../requests.js";
import { toast } from "../toast.js";

/** Offers to add these to the user's names and terms. */
export function offerTerms(terms) {
  if (!terms?.length) return;
  toast(t("document.offer", { n: terms.length, terms: terms.join(", ") }), { label: t("document.addTerms"), undo: () => add(terms) });
}

async function add(terms) {
  try {
    const { terms: known } = await get("/vocabulary");
    await sendJson("PUT", "/vocabulary", { terms: [...known, ...terms] });
    toast(t("document.added"));
  } catch (error) {
    toast(error.message);
  }
}
