// Shows the server's OpenAPI description as a page. Knows no route by name.
import { $, el } from "./dom.js";

const answer = await fetch("openapi.json");
const description = answer.ok ? await answer.json() : { info: { description: "The description can't be loaded: open the address with the token first." }, paths: {} };
$("summary").textContent = description.info.description;

/** How to call a route with curl. */
function curl(path, verb, body) {
  const address = new URL(path, location.href);
  if (verb === "GET") return `curl ${address}`;
  if (body?.["multipart/form-data"]) return `curl -F file=@page.jpg ${address}`;
  return `curl --json @numbers.json ${address}`;
}

for (const [path, verbs] of Object.entries(description.paths)) {
  for (const [verb, route] of Object.entries(verbs)) {
    const parameters = (route.parameters ?? []).map((one) => el("p", {}, el("code", { textContent: one.name }), ` – ${one.description ?? one.schema?.description ?? ""}`));
    const example = path === "/api/session" ? [] : [el("pre", { tabIndex: 0 }, el("code", { textContent: curl(path, verb.toUpperCase(), route.requestBody?.content) }))];
    $("routes").append(
      el("section", {}, el("h2", {}, el("span", { class: "verb", textContent: verb.toUpperCase() }), el("code", { textContent: path })), el("p", { textContent: route.description ?? route.summary ?? "" }), ...parameters, ...example),
    );
  }
}
