// The list of numbers that a camera has shown. Knows no camera and no socket.
import { $, banner, copy, el, icon, speak, stamp } from "./dom.js";
import { percent, t } from "./messages.js";
import { saveCsv, saveXlsx } from "./tables.js";

const MOST = 500;
const entries = []; // the newest last
const byTrack = new Map();

export function startFound() {
  $("found-copy").addEventListener("click", () => {
    copy(entries.map((entry) => entry.shown).join("\n"));
    speak(t("found.copied_all", { count: entries.length }));
  });
  $("found-csv").addEventListener("click", () => saveCsv([["time", "shown", "text", "confidence"], ...entries.map((one) => [one.time, one.shown, one.text, one.confidence])], `numcam-${stamp()}.csv`));
  $("found-xlsx").addEventListener("click", async () => {
    try {
      await saveXlsx([{ name: "Numcam", rows: entries.map((one) => [one.shown, one.time]) }], `numcam-${stamp()}.xlsx`);
    } catch (error) {
      banner(error.message);
    }
  });
  $("found-clear").addEventListener("click", () => {
    entries.length = 0;
    byTrack.clear();
    $("found").replaceChildren();
    count();
  });
  document.addEventListener("language", () => {
    for (const entry of entries) fill(entry);
  });
  count();
}

/** Take in an answer: what appeared, changed and left. */
export function takeIn(answer) {
  const numbers = new Map(answer.numbers.map((number) => [number.track_id, number]));
  for (const id of answer.appeared) if (numbers.has(id)) add(id, numbers.get(id));
  for (const number of answer.numbers) {
    const entry = byTrack.get(number.track_id);
    if (entry && (entry.shown !== number.shown || Math.abs(entry.confidence - number.confidence) > 0.02)) {
      Object.assign(entry, { shown: number.shown, text: number.text, confidence: number.confidence });
      fill(entry);
    }
  }
  for (const id of answer.left) leave(id);
}

/** Another connection has other ids: what was in view is not any more. */
export function forgetTracks() {
  for (const id of [...byTrack.keys()]) leave(id);
}

function add(id, { shown, text, confidence }) {
  const entry = { shown, text, confidence, time: new Date().toISOString(), node: el("li") };
  entries.push(entry);
  byTrack.set(id, entry);
  fill(entry);
  $("found").prepend(entry.node);
  if (entries.length > MOST) entries.shift().node.remove();
  count();
  speak(t("found.new", { number: shown }));
}

function leave(id) {
  byTrack.get(id)?.node.classList.add("gone");
  byTrack.delete(id);
}

function fill(entry) {
  const { shown, confidence, node } = entry;
  node.classList.toggle("doubt", shown.includes("?"));
  const clock = new Date(entry.time).toLocaleTimeString(document.documentElement.lang);
  const button = el("button", { type: "button", class: "icon", "aria-label": t("found.copy", { number: shown }), onclick: () => copy(entry.shown).then(() => speak(t("found.copied", { number: entry.shown }))) }, icon("copy"));
  node.replaceChildren(el("b", { textContent: shown }), el("small", {}, percent(confidence), el("br"), clock), button);
}

function count() {
  $("found-count").textContent = String(entries.length);
  $("found-empty").hidden = entries.length > 0;
  for (const name of ["copy", "csv", "xlsx", "clear"]) $(`found-${name}`).disabled = entries.length === 0;
}
