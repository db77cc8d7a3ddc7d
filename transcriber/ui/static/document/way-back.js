// The sentence on a change of the open document, with a way back. It goes when there is another document, or the next change:
// the last change is then no longer the one that it tells of.
import { dismiss, toast } from "../toast.js";
import { doc } from "./open-document.js";

/** `options` as toast() takes them; the way back is doc.undo(), unless there is another. */
export function toastOnDocument(text, { undo = () => doc.undo().catch((error) => toast(error.message)), ...options } = {}) {
  const { changes } = doc, note = toast(text, { undo, ...options });
  const end = () => {
    dismiss(note);
    doc.removeEventListener("closing", end);
    doc.removeEventListener("changed", look);
  };
  const look = () => { if (doc.changes !== changes) end(); };
  doc.addEventListener("closing", end);
  doc.addEventListener("changed", look);
}
