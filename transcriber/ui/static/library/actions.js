// What can be done with recordings of the list. Each says what it did, and how to undo it, or why it could not.
import { askHow, start } from "../add/starting.js";
import { doc } from "../document/open-document.js";
import { openExport } from "../export/dialog.js";
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { post, sendJson } from "../requests.js";
import { go } from "../router.js";
import { toast } from "../messages.js";

/** Makes a request, and has the list show what it did; resolves to whether it could. */
export async function act(request) {
  try {
    await request();
    await feed.refresh();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

export const stop = (job) => act(() => post(`/jobs/${job.id}/cancel`));

export const doNext = (job) => act(() => post(`/jobs/${job.id}/first`));

export const rename = (job, title) => act(() => sendJson("PATCH", `/jobs/${job.id}`, { title }));

/** Whether all of it is there, and nothing is being done with it. */
export const isAtRest = (job) => ["ready", "done", "failed", "cancelled"].includes(job.state) && !isPart(job);
const isPart = (job) => job.state === "failed" && job.size !== null && job.arrived !== null && job.arrived < job.size;

/** As new recordings are. */
export const transcribe = (jobs) => start(jobs.filter(isAtRest).map((job) => job.id), { isShown: false });

/** Once more, after asking how; `wanted`: what is chosen to begin with, besides what is kept. */
export async function transcribeAgain(job, wanted = {}) {
  const recordings = [job.id], asked = await askHow({ recordings }, wanted);
  if (asked) await act(() => post("/jobs", { ...asked, recordings }));
}

/** Asks as what; `jobs` without a transcript are left out. */
export function exportThem(jobs) {
  const there = jobs.filter((job) => job.has_transcript), ids = there.map((job) => job.id);
  if (ids.length) openExport({ ids, title: ids.length > 1 ? t("library.recordings", { n: ids.length }) : there[0].title });
  else toast(t("library.nothing_to_export"));
}

/** Into the folder with this id, or into none: null. */
export async function move(jobs, folder) {
  const before = Map.groupBy(jobs, (job) => job.folder), ids = jobs.map((job) => job.id);
  if (!await act(() => post("/jobs/move", { ids, folder }))) return;
  const name = feed.folders.find(({ id }) => id === folder)?.name;
  const text = name ? t("library.moved", { n: ids.length, title: jobs[0].title, name }) : t("library.moved_out", { n: ids.length, title: jobs[0].title });
  const back = () => Promise.all([...before].map(([from, moved]) => post("/jobs/move", { ids: moved.map((job) => job.id), folder: from })));
  toast(text, { undo: () => act(back) });
}

/** Removed while the sentence on those before is still there: the way back is for all of them. */
let removed = { ids: [], note: null };

export async function remove(ids) {
  const name = feed.jobs.find((job) => job.id === ids[0])?.title;
  if (ids.includes(doc.id)) go("#/");
  if (!await act(() => post("/jobs/remove", { ids }))) return;
  const all = removed.note?.isConnected ? [...removed.ids, ...ids] : ids;
  removed = { ids: all, note: toast(t("library.removed", { n: all.length, name }), { undo: () => act(() => post("/jobs/restore", { ids: all })) }) };
}
