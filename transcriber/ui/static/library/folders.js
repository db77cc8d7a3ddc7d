// Folders: names under which recordings are put together.
import { t } from "../i18n.js";
import { feed } from "../jobs-feed.js";
import { openMenu } from "../menus.js";
import { post, send, sendJson } from "../requests.js";
import { toast } from "../messages.js";
import { act, move } from "./actions.js";
import { shelf } from "./shelf.js";
import { openDialog } from "../dialogs.js";
import { button, element } from "../elements.js";

export const folderOf = (id) => feed.folders.find((folder) => folder.id === id);

/** Asks for its name; resolves to its id, or to nothing. */
export async function newFolder() {
  const name = await askName(t("library.new_folder"), t("library.create"));
  let made = null;
  if (name) await act(async () => { made = await post("/folders", { name }); });
  return made?.id;
}

export async function renameFolder({ id, name }) {
  const wanted = await askName(t("library.rename_folder"), t("library.rename"), name);
  if (wanted && wanted !== name) await act(() => sendJson("PATCH", `/folders/${id}`, { name: wanted }));
}

/** Its recordings stay; Undo puts them into one of the same name. It is the folder that is shown. */
export async function deleteFolder({ id, name }) {
  let ids = [];
  shelf.show("all");
  if (!await act(async () => { ({ ids } = await send("DELETE", `/folders/${id}`)); })) return;
  toast(t("library.folder_deleted", { name }), { undo: () => restoreFolder(name, ids) });
}

async function restoreFolder(name, ids) {
  let folder = null;
  const isDone = await act(async () => {
    ({ id: folder } = await post("/folders", { name }));
    await post("/jobs/move", { ids, folder });
  });
  if (isDone) shelf.show(folder);
}

/** At `anchor`: into which folder these recordings are to be put. */
export function openFolderMenu(anchor, ids) {
  const jobs = feed.jobs.filter((job) => ids.includes(job.id)), isIn = (folder) => jobs.every((job) => job.folder === folder);
  const entries = feed.folders.map(({ id, name }) => ({ text: name, checked: isIn(id), act: () => move(jobs, id) }));
  const none = { text: t("library.no_folder"), checked: isIn(null), act: () => move(jobs, null) };
  const another = { text: t("library.new_folder"), icon: "plus", act: async () => {
    const made = await newFolder();
    if (made) move(jobs, made);
  } };
  openMenu(anchor, [...entries, none, null, another], t("library.move"));
}

/** Asks for the name of a folder. Resolves to what was typed, without blanks around it; to nothing for Cancel. */
function askName(title, action, name = "") {
  return openDialog(title, (body, close) => {
    const form = element("form", "", "naming"), input = element("input"), buttons = element("footer"), confirm = element("button", action, "button primary");
    Object.assign(input, { value: name, dir: "auto", autocomplete: "off", required: true, maxLength: 200 });
    input.setAttribute("aria-label", t("library.folder_name"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) close(input.value.trim());
    });
    buttons.append(button(t("page.cancel"), () => close(), "button"), confirm);
    form.append(input, buttons);
    body.append(form);
    queueMicrotask(() => { input.focus(); input.select(); });
  }, "small");
}
