// The pictures panel: files in, one after the other to the server, and what was read shown, edited and saved.
import { explainPicture, readPicture } from "./api.js";
import { $, banner, el, save, speak } from "./dom.js";
import { percent, t } from "./messages.js";
import { drawNumbers } from "./overlay.js";
import { showStages } from "./stages.js";
import { saveCsv, saveXlsx } from "./tables.js";

const AT_ONCE = 2; // pictures on their way: while one is read, the next is sent
const LONGEST_PX = 2400; // of the picture on the screen
const SMALLEST_PX = 10; // of a label on the screen, however narrow that is
const pictures = [];
let chosen;
let underWay = 0;

export function startPictures() {
  $("pictures-choose").addEventListener("click", () => $("pictures-file").click());
  $("pictures-photo").addEventListener("click", () => $("pictures-camera").click());
  for (const id of ["pictures-file", "pictures-camera"]) {
    $(id).addEventListener("change", (event) => {
      add([...event.target.files]);
      event.target.value = "";
    });
  }
  startDropping();
  document.addEventListener("paste", (event) => !$("pictures").hidden && add([...event.clipboardData.files]));
  $("seen-json").addEventListener("click", () => save(new Blob([JSON.stringify(chosen.page, null, 1)], { type: "application/json" }), `${stem(chosen)}.json`));
  $("seen-csv").addEventListener("click", () => saveCsv(rowsOf([chosen]), `${stem(chosen)}.csv`));
  $("seen-xlsx").addEventListener("click", () => workbookOf([chosen], stem(chosen)));
  $("seen-explain").addEventListener("click", explain);
  $("all-csv").addEventListener("click", () => saveCsv(rowsOf(pictures), "numcam.csv"));
  $("all-xlsx").addEventListener("click", () => workbookOf(pictures, "numcam"));
  $("all-clear").addEventListener("click", clear);
  document.addEventListener("language", () => pictures.forEach(tellThumb));
  document.addEventListener("language", () => chosen && showTable(chosen));
}

function startDropping() {
  const panel = $("pictures");
  for (const kind of ["dragenter", "dragover"]) {
    panel.addEventListener(kind, (event) => {
      event.preventDefault();
      $("drop").classList.add("over");
    });
  }
  panel.addEventListener("dragleave", (event) => panel.contains(event.relatedTarget) || $("drop").classList.remove("over"));
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("over");
    add([...event.dataTransfer.files]);
  });
}

function add(files) {
  if (!files.length) return;
  banner("");
  $("drop").classList.add("small");
  $("read").hidden = false;
  for (const file of files) {
    const canvas = el("canvas", { width: 160, height: 120 });
    const name = el("span", { textContent: file.name });
    const told = el("small");
    const button = el("button", { type: "button", onclick: () => choose(picture) }, canvas, name, told);
    const picture = { file, name: file.name, canvas, told, button, node: el("li", {}, button), state: "waiting" };
    pictures.push(picture);
    $("thumbs").append(picture.node);
    tellThumb(picture);
  }
  if (!chosen) choose(pictures[0]);
  progress();
  while (underWay < AT_ONCE && next()) void work();
}

const next = () => pictures.find((picture) => picture.state === "waiting");

/** Read one picture after the other. */
async function work() {
  underWay += 1;
  for (let picture = next(); picture; picture = next()) {
    picture.state = "reading";
    tellThumb(picture);
    try {
      picture.bitmap = await createImageBitmap(picture.file).catch(() => undefined); // HEIC and TIFF: numbers alone
      if (picture.bitmap) thumbnail(picture);
      picture.page = await readPicture(picture.file, picture.name);
      picture.texts = picture.page.numbers.map((number) => number.shown);
      picture.state = "read";
    } catch (error) {
      picture.state = "failed";
      picture.problem = error.message;
    }
    tellThumb(picture);
    progress();
    if (picture === chosen) choose(picture);
  }
  underWay -= 1;
}

function progress() {
  const done = pictures.filter((picture) => ["read", "failed"].includes(picture.state)).length;
  Object.assign($("pictures-progress"), { max: pictures.length || 1, value: done });
  $("pictures-progress").hidden = done === pictures.length;
  if (done && done === pictures.length) speak(t("pictures.done", { count: done }));
  const isAny = pictures.some((picture) => picture.state === "read");
  for (const id of ["all-csv", "all-xlsx"]) $(id).disabled = !isAny;
}

function thumbnail({ bitmap, canvas }) {
  const scale = Math.min(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas.getContext("2d").drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

function tellThumb(picture) {
  const { state, told, node } = picture;
  node.classList.toggle("bad", state === "failed");
  told.textContent = state === "failed" ? picture.problem : state === "read" ? t("pictures.count", { count: picture.page.numbers.length }) : t(`pictures.${state}`);
}

function choose(picture) {
  chosen = picture;
  for (const one of pictures) one.button.setAttribute("aria-current", String(one === picture));
  $("seen-name").textContent = picture.name;
  for (const id of ["seen-json", "seen-csv", "seen-xlsx", "seen-explain"]) $(id).disabled = picture.state !== "read";
  showSeen(picture);
  showTable(picture);
}

/** The picture with its numbers; a blank sheet where this browser can't show its kind. */
function showSeen({ bitmap, page, texts }) {
  const canvas = $("seen-canvas");
  const [width, height] = bitmap ? [bitmap.width, bitmap.height] : page ? [page.width, page.height] : [4, 3];
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fffdf6";
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (bitmap) context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  if (page) drawNumbers(context, page.numbers.map((number, i) => ({ ...number, shown: texts[i] })), { left: 0, top: 0, scale: canvas.width / page.width }, Math.max((SMALLEST_PX * canvas.width) / (canvas.clientWidth || canvas.width), canvas.width / 62));
}

/** The table, doubtful numbers first; each can be put right in its place. */
function showTable(picture) {
  const numbers = picture.page?.numbers ?? [];
  const order = numbers.map((_, i) => i).sort((a, b) => numbers[b].shown.includes("?") - numbers[a].shown.includes("?") || a - b);
  const doubtful = numbers.filter((number) => number.shown.includes("?")).length;
  const note = picture.state === "failed" ? picture.problem : picture.page && !numbers.length ? t("pictures.no_numbers") : doubtful ? t("pictures.doubtful", { count: doubtful }) : "";
  $("table-note").textContent = note;
  $("table").replaceChildren(...order.map((i) => row(picture, i)));
}

function row(picture, i) {
  const number = picture.page.numbers[i];
  const node = el("tr", { class: number.shown.includes("?") ? "doubt" : "" });
  const sure = el("td", { textContent: percent(number.confidence) });
  const input = el("input", { value: picture.texts[i], "aria-label": t("pictures.edit", { number: i + 1 }), autocomplete: "off", spellcheck: false, maxLength: 100 });
  input.addEventListener("input", () => {
    picture.texts[i] = input.value;
    const isEdited = input.value !== number.shown;
    node.classList.toggle("edited", isEdited);
    node.classList.toggle("doubt", !isEdited && number.shown.includes("?"));
    sure.textContent = isEdited ? t("pictures.edited") : percent(number.confidence);
    showSeen(picture);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") node.nextElementSibling?.querySelector("input").focus();
  });
  node.append(el("td", { textContent: i + 1 }), el("td", {}, input), sure);
  return node;
}

/** A row for each number, as `read --csv` writes them, with what a person has put right. */
function rowsOf(chosenOnes) {
  const corners = ["x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3"];
  const rows = chosenOnes.flatMap(({ page, texts, name }) => (page?.numbers ?? []).map((number, i) => [name, texts[i], number.text, number.confidence, ...number.quad.flat()]));
  return [["source", "shown", "text", "confidence", ...corners], ...rows];
}

async function workbookOf(chosenOnes, name) {
  try {
    await saveXlsx(chosenOnes.filter((one) => one.page).map((one) => ({ name: one.name.slice(0, 100), rows: linesOf(one) })), `${name}.xlsx`);
  } catch (error) {
    banner(error.message);
  }
}

/** The numbers as they stand: in lines from top to bottom. */
function linesOf({ page, texts }) {
  const lines = [];
  page.numbers.forEach((number, i) => {
    const ys = number.quad.map(([, y]) => y);
    const middle = (Math.min(...ys) + Math.max(...ys)) / 2;
    const last = lines.at(-1);
    if (last && middle > last.top && middle < last.bottom) last.texts.push(texts[i]);
    else lines.push({ top: Math.min(...ys), bottom: Math.max(...ys), texts: [texts[i]] });
  });
  return lines.map((line) => line.texts);
}

const stem = ({ name }) => name.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N} _-]/gu, "_") || "numbers";

async function explain() {
  $("seen-explain").disabled = true;
  try {
    showStages(await explainPicture(chosen.file, chosen.name));
  } catch (error) {
    banner(error.message);
  } finally {
    $("seen-explain").disabled = false;
  }
}

function clear() {
  for (const picture of pictures) picture.bitmap?.close();
  pictures.length = 0;
  chosen = undefined;
  $("thumbs").replaceChildren();
  $("table").replaceChildren();
  $("read").hidden = true;
  $("drop").classList.remove("small");
  $("pictures-choose").focus();
}
