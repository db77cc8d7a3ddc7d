// The recordings in what was dropped or chosen: folders are searched, with the folders in them.
import { t } from "../i18n.js";

const counting = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const NAMED = 3;

/** Must be called while the drop event is being told: later its files cannot be asked for. */
export function dropped(transfer) {
  return [...transfer.items].filter((item) => item.kind === "file").map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
}

/** `{ files, problems }`: the recordings in their order, and sentences on what is not among them. A file that was dropped
 * itself is taken whatever its name. `endings` are the recordings', as ".wav". */
export async function recordingsOf(items, endings) {
  const files = [], problems = [];
  for (const { entry, file } of items) {
    if (!entry?.isDirectory) { if (file) files.push(file); continue; }
    const found = await inFolder(entry, problems);
    files.push(...chosen(entry.name, found, endings, problems));
  }
  return { files, problems };
}

/** The same of a folder that was chosen: all its files, which carry their paths. */
export function recordingsAmong(files, endings) {
  const problems = [], found = files.map((file) => ({ path: file.webkitRelativePath.split("/").slice(1), file }));
  return { files: chosen(files[0]?.webkitRelativePath.split("/")[0], found, endings, problems), problems };
}

/** Those of a folder's files that are recordings, as people count: Part 2 before Part 10. */
function chosen(folder, found, endings, problems) {
  const seen = found.filter(({ path }) => !path.some((name) => name.startsWith(".")));
  const [recordings, others] = [true, false].map((wanted) => seen.filter(({ path }) => endings.has(ending(path.at(-1))) === wanted).sort(inOrder));
  if (!recordings.length) problems.push(t("add.folder.none", { folder }));
  else if (others.length) problems.push(t("add.folder.others", { folder, names: listed(others.map(({ path }) => path.at(-1))) }));
  return recordings.map(({ file }) => file);
}

const ending = (name) => (name.match(/.\.[^.]+$/)?.[0].slice(1) || "").toLowerCase();

/** By their names without the ending, folder after folder. */
function inOrder({ path: one }, { path: other }) {
  const left = parts(one), right = parts(other), place = left.findIndex((name, level) => counting.compare(name, right[level] ?? "") !== 0);
  return place < 0 ? left.length - right.length : counting.compare(left[place], right[place] ?? "");
}

function parts(path) {
  const name = path.at(-1), suffix = ending(name);
  return [...path.slice(0, -1), name.slice(0, name.length - suffix.length), suffix];
}

function listed(names) {
  const shown = names.slice(0, NAMED).join(", "), more = names.length - NAMED;
  return more > 0 ? t("add.folder.more", { names: shown, n: more }) : shown;
}

/** `{ path, file }` of all files in a folder and in those below it; what cannot be read is said, and passed over. */
async function inFolder(folder, problems, above = []) {
  const found = [];
  for (const entry of await entriesOf(folder).catch(() => { problems.push(t("add.folder.unread", { folder: folder.name })); return []; })) {
    const path = [...above, entry.name];
    if (entry.isDirectory) found.push(...await inFolder(entry, problems, path));
    else await new Promise((resolve, reject) => entry.file(resolve, reject)).then((file) => found.push({ path, file }), () => problems.push(t("add.folder.unread_file", { name: entry.name })));
  }
  return found;
}

/** A browser tells about a hundred at a time. */
async function entriesOf(folder) {
  const reader = folder.createReader(), entries = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return entries;
    entries.push(...some);
  }
}
