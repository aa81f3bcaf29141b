// Asks the server: pictures, tables, the session, and whether it is there. Knows no panel.
import { t } from "./messages.js";

/** What the server, or the way to it, says is wrong: one line. */
export class ApiError extends Error {
  constructor(line, status) {
    super(line);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new ApiError(t("error.away"), 0);
  }
  if (answer.ok) return answer;
  let line = `${answer.status}`;
  try {
    line = (await answer.json()).error ?? line;
  } catch {
    // a proxy's page, or nothing
  }
  throw new ApiError(answer.status === 401 ? t("error.token") : line, answer.status);
}

const form = (file, name) => {
  const body = new FormData();
  body.append("file", file, name);
  return body;
};

/** The JSON of a picture: its size and its numbers. */
export const readPicture = async (file, name, options = {}) =>
  (await ask("api/read", { method: "POST", body: form(file, name), ...options })).json();

/** What each stage of the reader saw: [{name, blob}]. */
export async function explainPicture(file, name) {
  const { stages } = await (await ask("api/explain", { method: "POST", body: form(file, name) })).json();
  return stages.map((stage) => ({
    name: stage.name,
    blob: new Blob([Uint8Array.from(atob(stage.jpeg), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" }),
  }));
}

/** A workbook of sheets [{name, rows}], as a blob. */
export const workbook = async (sheets) =>
  (await ask("api/table", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ sheets }),
  })).blob();

export const health = async () => (await ask("api/health")).json();

/** Show the token that came behind the # of the address, once; from then on a cookie is enough. */
export async function beginSession() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  await ask("api/session", { method: "POST", headers: { "content-type": "text/plain" }, body: token });
}
