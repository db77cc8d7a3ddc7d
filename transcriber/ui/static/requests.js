// Talking to our own routes: every failure is an Error with a sentence for the user.
export async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(typeof body.detail === "string" ? body.detail : `The program answered ${response.status}.`);
  return body;
}

export async function send(method, address, body, headers = {}) {
  try {
    return await answer(await fetch(address, { method, body, headers }));
  } catch (error) {
    if (error instanceof TypeError) throw new Error("The program does not answer. Is it still running?");
    throw error;
  }
}

export const get = (address) => send("GET", address);
export const post = (address, fields) => send("POST", address, JSON.stringify(fields), { "content-type": "application/json" });
