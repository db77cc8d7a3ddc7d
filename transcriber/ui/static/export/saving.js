// Transcripts as files on their way to the user's downloads.
import { t } from "../i18n.js";
import { getFile } from "../requests.js";
import { settings } from "../settings-feed.js";
import { toast } from "../toast.js";

/** What a format is called. */
export const nameOf = (format) => t(`export.names.${format}`);

/** What a request for a file in such a choice of options asks, as "speakers=true&times=false". */
export function asked(choices, number = null) {
  const { formats, ...options } = choices, given = Object.entries({ ...options, number }).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(given);
}

/** Saves the recordings in the chosen formats, several files as an archive, and keeps the choice. Throws with a sentence. */
export async function save(ids, choices, number = null) {
  const isOne = ids.length === 1 && choices.formats.length === 1;
  const { name, content } = isOne
    ? await getFile(`/jobs/${ids[0]}/transcript.${choices.formats[0]}?${asked(choices, number)}`)
    : await getFile("/jobs/export", { ids, ...choices, number: ids.length === 1 ? number : null });
  const link = document.createElement("a"), address = URL.createObjectURL(content);
  Object.assign(link, { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  toast(t("export.saved", { name }));
  await settings.change({ export: { ...choices, marked: false } });
}
