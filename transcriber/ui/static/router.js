// Where the page is: what its address says behind the #, so that reload, back and a second tab show the same.
//
//   #/                        the list, and how recordings are added
//   #/r/ID?t=12&v=subtitles   a recording, at a second of it, shown as subtitles
//   #/captions/ID             what is written while it is recorded, and nothing else
//   #/models  #/settings  #/help
const listeners = new Set();

/** `{ view, id, params }` of where the page is now. */
export let route = parse();

/** `listener` is called at once and after every change. */
export function onRoute(listener) {
  listeners.add(listener);
  listener(route);
}

/** To the address, as "#/models"; `replace`: without another step for the browser's Back. */
export function go(address, { replace = false } = {}) {
  if (address === (location.hash || "#/")) return;
  if (!replace) { location.hash = address; return; }
  history.replaceState(null, "", address);
  follow();
}

/** The address of a recording: at second `t`, shown as `v`. */
export function addressOf(id, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  return `#/r/${encodeURIComponent(id)}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

function parse() {
  const [path, query = ""] = location.hash.slice(1).split("?"), [, first = "", second = ""] = path.split("/");
  const params = Object.fromEntries(new URLSearchParams(query));
  if (!/^\d+$/.test(params.n)) delete params.n;
  const id = /^\w+$/.test(second) ? second : "none";
  if (first === "r" && second) return { view: "recording", id, params };
  if (first === "captions" && second) return { view: "captions", id, params };
  return { view: ["models", "settings", "help"].includes(first) ? first : "add", id: null, params };
}

function follow() {
  route = parse();
  listeners.forEach((listener) => listener(route));
}

addEventListener("hashchange", follow);
