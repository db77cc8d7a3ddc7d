// The menu of a recording in the list.
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { openMenu } from "../menus.js";
import * as actions from "./actions.js";
import { openFolderMenu } from "./folders.js";
import { shelf } from "./shelf.js";

const isFirst = (job) => feed.jobs.find((other) => other.state === "queued")?.id === job.id;

/** Opens it at `anchor`, an element or a point. */
export function openRowMenu(row, anchor) {
  const entries = shelf.scope === "bin" ? binned(row) : listed(row, anchor);
  openMenu(anchor, entries.filter((entry) => entry !== false), t("library.menu_of", { name: row.job.title }));
}

function listed(row, anchor) {
  const { job } = row;
  return [
    { text: t("library.rename"), icon: "pencil", act: () => row.edit() },
    { text: t("library.move"), icon: "folder", act: () => openFolderMenu(anchor, [job.id]) },
    job.has_transcript && { text: t("library.export"), icon: "export", act: () => actions.exportThem([job]) },
    job.state === "ready" && { text: t("library.transcribe"), icon: "loop", act: () => actions.transcribe([job]) },
    job.state !== "ready" && actions.isAtRest(job) && { text: t("library.again"), icon: "loop", act: () => actions.transcribeAgain(job) },
    job.state === "queued" && !isFirst(job) && { text: t("library.do_next"), icon: "up", act: () => actions.doNext(job) },
    ["queued", "running"].includes(job.state) && { text: t(job.state === "running" ? "library.stop" : "library.cancel"), icon: "x", isDisabled: job.is_stopping, act: () => actions.stop(job) },
    { text: t("library.select_more"), icon: "select", act: () => { shelf.toggle(job.id); row.focusable.focus(); } },
    null,
    { text: t("library.remove"), icon: "bin", act: () => row.tell("remove") },
  ];
}

function binned(row) {
  return [
    { text: t("library.restore"), icon: "undo", act: () => row.tell("restore") },
    { text: t("library.select_more"), icon: "select", act: () => { shelf.toggle(row.id); row.focusable.focus(); } },
    null,
    { text: t("library.delete"), icon: "bin", act: () => row.tell("remove") },
  ];
}
