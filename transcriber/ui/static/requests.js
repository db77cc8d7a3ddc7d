// Talking to our own routes: every failure is an Error with a sentence for the user; `status` is 0 if nobody answered.
class RequestError extends Error {
  constructor(message, status) { super(message); this.status = status; }
}

export async function send(method, address, body, headers = {}) {
  let response;
  try {
    response = await fetch(address, { method, body, headers });
  } catch {
    throw new RequestError("The program does not answer. Is it still running?", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new RequestError(typeof answer.detail === "string" ? answer.detail : `The program answered ${response.status}.`, response.status);
  return answer;
}

export const get = (address) => send("GET", address);
export const post = (address, fields = {}) => send("POST", address, JSON.stringify(fields), { "content-type": "application/json" });
