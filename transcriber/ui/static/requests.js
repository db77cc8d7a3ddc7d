// Talking to our own routes: every failure is an Error with a sentence for the user; `status` is 0 if nobody answered.
// What is small arrives even if the page goes away meanwhile (a browser takes 64 KiB of such: Fetch, “keepalive”).
const SMALL = 16_000;

class RequestError extends Error {
  constructor(message, status) { super(message); this.status = status; }
}

export async function send(method, address, body, headers = {}) {
  const response = await answered(address, { method, body, headers, keepalive: method !== "GET" && sizeOf(body) < SMALL });
  return response.json().catch(() => ({}));
}

const sizeOf = (body) => body?.byteLength ?? body?.size ?? body?.length ?? 0;

/** A file: its content and the name that the program gives it. `fields`: what is sent, where something is. */
export async function getFile(address, fields = null) {
  const asked = fields && { method: "POST", body: JSON.stringify(fields), headers: { "content-type": "application/json" } };
  const response = await answered(address, asked || {}), [, name] = (response.headers.get("content-disposition") || "").match(/filename\*=UTF-8''(.+)$/) || [];
  return { name: decodeURIComponent(name || ""), content: await response.blob() };
}

/** What is no JSON. */
export const getText = async (address) => (await answered(address)).text();

async function answered(address, asked) {
  let response;
  try {
    response = await fetch(address, asked);
  } catch {
    throw new RequestError("The program does not answer. Is it still running?", 0);
  }
  if (response.ok) return response;
  const { detail } = await response.json().catch(() => ({}));
  throw new RequestError(typeof detail === "string" ? detail : `The program answered ${response.status}.`, response.status);
}

export const get = (address) => send("GET", address);
export const post = (address, fields = {}) => sendJson("POST", address, fields);
export const sendJson = (method, address, fields) => send(method, address, JSON.stringify(fields), { "content-type": "application/json" });
