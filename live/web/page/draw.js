// The drawing panel: what is written is read by the network in this page, and as a whole by the server where it is there.
import { readPicture } from "./api.js";
import { $, el, speak } from "./dom.js";
import { FIELD, toField } from "./ink.js";
import { percent, t } from "./messages.js";
import { Network } from "./network.js";
import { Pad, boundsOf, drawStrokes, groupsOf } from "./pad.js";

const NETWORK = "digits.onnx";
const PAUSE_MS = 120; // between two looks at what is being drawn
const LETTER_PX = 56; // height of the writing in the picture for the server: as on a page before a camera
const SIGN = 0.3; // a group of less than this share of the tallest one's height is a sign, no digit
const NOT_A_DIGIT = 10;
const scratch = document.createElement("canvas");
let network;
let pad;
let timer;
let asked; // the question to the server that is under way
let spoken = "";
let shownByServer; // what the server read, until the strokes change

export function startPad() {
  pad = new Pad($("pad"), onChange);
  $("pad-undo").addEventListener("click", () => pad.undo());
  $("pad-clear").addEventListener("click", () => pad.clear());
  $("pad-width").addEventListener("input", (event) => (pad.width = Number(event.target.value)));
  $("pad").addEventListener("keydown", onKey);
  document.addEventListener("panel", (event) => event.detail === "draw" && open());
  document.addEventListener("language", () => show());
}

/** Load the network when the panel is first shown, and fit the canvas, which had no size before. */
async function open() {
  pad.draw();
  if (network) return;
  try {
    const answer = await fetch(NETWORK);
    network = new Network(new Uint8Array(await answer.arrayBuffer()));
  } catch (error) {
    $("pad-by").textContent = t("draw.no_network", { reason: error.message });
  }
  show();
}

function onKey(event) {
  if (event.key === "Escape" || event.key === "Delete") pad.clear();
  else if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) pad.undo();
  else return;
  event.preventDefault();
}

function onChange(isDone) {
  $("pad-hint").hidden = pad.strokes.length > 0;
  shownByServer = undefined;
  asked?.abort();
  if (isDone) {
    clearTimeout(timer);
    timer = undefined;
    show();
    askServer();
  } else if (!timer) {
    timer = setTimeout(() => {
      timer = undefined;
      show();
    }, PAUSE_MS);
  }
}

/** The digits among what is written: dots and dashes are signs, which only the server reads. */
function digitGroups() {
  const groups = groupsOf(pad.strokes);
  const tallest = Math.max(...groups.map(({ bounds }) => bounds.bottom - bounds.top));
  return groups.filter(({ bounds }) => bounds.bottom - bounds.top >= SIGN * tallest);
}

/** What the network in this page says of some strokes: the field that it sees, and its eleven probabilities. */
function classified({ strokes, bounds }) {
  const [width, height] = [Math.ceil(bounds.right - bounds.left) + 2, Math.ceil(bounds.bottom - bounds.top) + 2];
  scratch.width = width;
  scratch.height = height;
  const context = scratch.getContext("2d", { willReadFrequently: true });
  context.translate(1 - bounds.left, 1 - bounds.top);
  drawStrokes(context, strokes, "#000");
  const { data } = context.getImageData(0, 0, width, height);
  const field = toField(...cropped(data, width, height));
  return { field, shares: network.run(field) };
}

/** The ink of a picture, by its opacity, without the empty rows and columns around it. */
function cropped(data, width, height) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!data[4 * (y * width + x) + 3]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const [w, h] = [right - left + 1, bottom - top + 1];
  const ink = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) ink[y * w + x] = data[4 * ((top + y) * width + left + x) + 3];
  return [ink, w, h];
}

function show() {
  const isEmpty = pad.strokes.length === 0;
  $("pad-empty").hidden = !isEmpty;
  for (const id of ["pad-undo", "pad-clear"]) $(id).disabled = isEmpty;
  const seen = isEmpty || !network ? [] : digitGroups().map(classified);
  $("pad-digits").replaceChildren(...seen.map(card));
  const text = shownByServer ?? seen.map(({ shares }) => bestOf(shares)).join("");
  $("pad-answer").textContent = text || "\u00a0";
  $("pad").setAttribute("aria-label", text ? t("draw.pad_with", { number: text }) : t("draw.pad"));
  if (network || isEmpty) $("pad-by").textContent = isEmpty ? "" : t(shownByServer === undefined ? "draw.by_page" : "draw.by_server");
}

function bestOf(shares) {
  const digits = [...shares].slice(0, NOT_A_DIGIT);
  const most = Math.max(...digits);
  return shares[NOT_A_DIGIT] > most ? "?" : String(digits.indexOf(most));
}

/** One digit as the network sees it, with its ten probabilities as bars. */
function card({ field, shares }) {
  const canvas = el("canvas", { width: FIELD, height: FIELD, role: "img", "aria-label": t("draw.field") });
  const picture = new ImageData(FIELD, FIELD);
  field.forEach((value, i) => picture.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i));
  canvas.getContext("2d").putImageData(picture, 0, 0);
  const best = bestOf(shares);
  const bars = [...shares].slice(0, NOT_A_DIGIT).map((share, digit) => {
    const bar = el("i", { "aria-hidden": "true" });
    bar.style.setProperty("--p", share.toFixed(4));
    return el("li", { class: String(digit) === best ? "best" : "" }, el("span", { textContent: digit }), bar, el("span", { textContent: percent(share, share < 0.01 ? 1 : 0) }));
  });
  const list = el("ul", { class: "bars", "aria-label": t("draw.bars") }, ...bars);
  const doubt = shares[NOT_A_DIGIT] > 0.05 ? t("draw.not_a_digit", { share: percent(shares[NOT_A_DIGIT]) }) : "";
  return el("li", {}, el("div", {}, canvas, el("p", { class: "label", textContent: best }), el("p", { class: "sure", textContent: doubt })), list);
}

/** Let the server read the whole, with its signs; without it, the digits of this page stay. */
async function askServer() {
  if (!pad.strokes.length) return;
  const question = new AbortController();
  asked = question;
  try {
    const blob = await pageOf(pad.strokes);
    const page = await readPicture(blob, "pad.png", { signal: question.signal });
    if (question.signal.aborted) return;
    const text = page.numbers.map(({ shown }) => shown).join("  ");
    if (text) shownByServer = text;
    show();
  } catch {
    // the server is away, or the strokes have changed
  }
  if (!question.signal.aborted) say($("pad-answer").textContent.trim());
}

function say(text) {
  if (text && text !== spoken) speak(t("found.new", { number: text }));
  spoken = text;
}

/** What is written as a page for the server: dark on light, of a usual size, with paper around it. */
function pageOf(strokes) {
  const bounds = boundsOf(strokes);
  const scale = LETTER_PX / Math.max(20, ...groupsOf(strokes).map((group) => group.bounds.bottom - group.bounds.top));
  const margin = 1.2 * LETTER_PX;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((bounds.right - bounds.left) * scale + 2 * margin);
  canvas.height = Math.ceil((bounds.bottom - bounds.top) * scale + 2 * margin);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(margin, margin);
  context.scale(scale, scale);
  context.translate(-bounds.left, -bounds.top);
  drawStrokes(context, strokes, "#222");
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
