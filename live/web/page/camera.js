// The camera panel: video, frames to the server, numbers over the picture, and the buttons below it.
import { openCamera, listCameras, remedy } from "./devices.js";
import { $, banner, el, save, speak, stamp } from "./dom.js";
import { forgetTracks, startFound, takeIn } from "./found.js";
import { LiveSocket } from "./live.js";
import { t } from "./messages.js";
import { profiles, shift } from "./motion.js";
import { drawNumbers, fitted } from "./overlay.js";
import { Recording } from "./recording.js";

const WIDTHS = [480, 640, 960, 1280, 1600];
const QUALITY = 0.85; // of JPEG: WebP takes a browser three times as long to make, for a third of the bytes
const QUICK_MS = 110;
const SLOW_MS = 260;
const DARK = 55; // mean grey of a picture in which ink and paper can hardly be told apart
const SMALL_PX = 16; // digits below this height in the picture that was sent are misread often (docs/limits.md)
const HINT_AFTER_MS = 1500;

const video = $("video");
const overlay = $("overlay");
const context = overlay.getContext("2d");
const shot = document.createElement("canvas");
let stream;
let latest; // the newest answer: numbers, size, and the profiles of its frame
let now; // the profiles of the picture that is shown
let isFrozen = false;
let isTaking = false;
let width = WIDTHS[1];
let delays = [];
let answeredAt = [];
let hintSince = { name: "", at: 0 };
const recording = new Recording();
const socket = new LiveSocket({ onAnswer, onState });

export function startCamera() {
  startFound();
  $("camera-start").addEventListener("click", () => start());
  $("camera-stop").addEventListener("click", stop);
  $("camera-freeze").addEventListener("click", freeze);
  $("camera-snapshot").addEventListener("click", snapshot);
  $("camera-record").addEventListener("click", record);
  $("camera-choose").addEventListener("change", (event) => start(event.target.value));
  $("camera-torch").addEventListener("click", torch);
  $("camera-zoom").addEventListener("input", (event) => apply({ zoom: Number(event.target.value) }));
  document.addEventListener("visibilitychange", () => document.hidden && stream && isFrozen === false && leaveCamera());
  if (!MediaRecorder || !overlay.captureStream) $("camera-record").hidden = true;
}

/** Stop the camera when another panel is shown, so that its light goes out. */
export function leaveCamera() {
  if (stream && !recording.isOn) stop();
}

async function start(id) {
  stop();
  $("camera-trouble").hidden = true;
  $("camera-start").disabled = true;
  try {
    stream = await openCamera(id);
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    fail(error);
    return;
  } finally {
    $("camera-start").disabled = false;
  }
  stream.getVideoTracks()[0].addEventListener("ended", () => stream && fail(new DOMException("", "NotReadableError")));
  $("welcome").hidden = true;
  $("stage").classList.add("on");
  $("stage").style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  $("camera-bar").hidden = false;
  latest = undefined;
  socket.open();
  await offer();
  tick();
}

function fail(error) {
  stop();
  const { line, steps } = remedy(error);
  $("camera-trouble").replaceChildren(el("p", {}, el("strong", { textContent: line })), el("p", { textContent: steps }));
  $("camera-trouble").hidden = false;
}

function stop() {
  recording.stop();
  socket.close();
  forgetTracks();
  stream?.getTracks().forEach((track) => track.stop());
  stream = undefined;
  latest = undefined;
  setFrozen(false);
  video.srcObject = null;
  context.clearRect(0, 0, overlay.width, overlay.height);
  hint("");
  $("camera-bar").hidden = true;
  $("welcome").hidden = false;
  $("stage").classList.remove("on");
  $("stage").style.aspectRatio = "";
  pressed("camera-record", false);
}

/** Offer what this camera has: others beside it, its light, its zoom. */
async function offer() {
  const track = stream.getVideoTracks()[0];
  const cameras = await listCameras();
  $("camera-choose").replaceChildren(...cameras.map((one) => el("option", { value: one.id, textContent: one.name, selected: one.id === track.getSettings().deviceId })));
  $("camera-choose").parentElement.hidden = cameras.length < 2;
  const can = track.getCapabilities?.() ?? {};
  $("camera-torch").hidden = !can.torch;
  $("camera-zoom-label").hidden = !can.zoom;
  if (can.zoom) Object.assign($("camera-zoom"), { min: can.zoom.min, max: can.zoom.max, step: can.zoom.step || 0.1, value: track.getSettings().zoom ?? can.zoom.min });
}

const apply = (setting) => stream?.getVideoTracks()[0].applyConstraints({ advanced: [setting] }).catch(() => {});

function torch() {
  const isOn = $("camera-torch").getAttribute("aria-pressed") !== "true";
  apply({ torch: isOn });
  pressed("camera-torch", isOn);
}

const pressed = (id, isOn) => $(id).setAttribute("aria-pressed", String(isOn));

function setFrozen(value) {
  isFrozen = value;
  pressed("camera-freeze", value);
}

function freeze() {
  setFrozen(!isFrozen);
  if (isFrozen) video.pause();
  else video.play();
}

/** What happens with each picture of the camera. */
function tick() {
  if (!stream) return;
  if (video.videoWidth && !isFrozen) {
    now = profiles(video, video.videoWidth, video.videoHeight);
    if (socket.isFree && !isTaking) take();
  }
  paint();
  if (recording.isOn) recording.draw(video, numbersNow());
  const again = () => tick();
  if (isFrozen || !video.requestVideoFrameCallback) setTimeout(() => requestAnimationFrame(again), isFrozen ? 200 : 0);
  else video.requestVideoFrameCallback(again);
}

/** Send the picture that is shown. */
function take() {
  isTaking = true;
  shot.width = Math.min(width, video.videoWidth);
  shot.height = Math.round((shot.width * video.videoHeight) / video.videoWidth);
  shot.getContext("2d").drawImage(video, 0, 0, shot.width, shot.height);
  const frame = { profiles: now };
  shot.toBlob(
    (blob) => {
      isTaking = false;
      if (blob && stream) socket.send(blob, frame);
    },
    "image/jpeg",
    QUALITY,
  );
}

function onAnswer(answer, frame, delay) {
  if (!stream || isFrozen) return;
  if (answer.error) {
    hint(answer.error);
    return;
  }
  takeIn(answer);
  latest = { ...answer, profiles: frame.profiles };
  delays = [...delays.slice(-19), delay];
  answeredAt = [...answeredAt.slice(-29), performance.now()];
  adapt();
  tellFigures();
  tellHint(answer, frame.profiles.mean);
  overlay.setAttribute("aria-label", answer.numbers.length ? t("camera.seen", { numbers: answer.numbers.map((one) => one.shown).join(", ") }) : t("camera.overlay"));
}

function onState(state, reason) {
  if (state === "open") {
    forgetTracks();
    hint("");
    return;
  }
  latest = undefined;
  answeredAt = [];
  hint(reason || t("camera.lost"));
}

/** Choose the size of the next frames by how fast the last ones were answered. */
function adapt() {
  if (delays.length < 12) return;
  const median = [...delays].sort((a, b) => a - b)[delays.length >> 1];
  const at = WIDTHS.indexOf(width);
  const next = median < QUICK_MS && WIDTHS[at + 1] <= video.videoWidth ? at + 1 : median > SLOW_MS ? at - 1 : at;
  if (WIDTHS[next] && next !== at) {
    width = WIDTHS[next];
    delays = [];
  }
}

function tellFigures() {
  const seconds = (answeredAt.at(-1) - answeredAt[0]) / 1000;
  if (!seconds || !delays.length) return;
  const median = [...delays].sort((a, b) => a - b)[delays.length >> 1];
  $("camera-figures").textContent = t("camera.figures", { rate: ((answeredAt.length - 1) / seconds).toFixed(0), delay: median.toFixed(0) });
}

/** Say what helps, once it has been so for a while. */
function tellHint(answer, mean) {
  const heights = answer.numbers.map(({ quad: [first, , , last] }) => Math.hypot(first[0] - last[0], first[1] - last[1])).sort((a, b) => a - b);
  const isSmall = heights.length && heights[heights.length >> 1] < SMALL_PX;
  const name = mean < DARK ? "dark" : isSmall ? "closer" : answer.left_out ? "full" : "";
  if (name !== hintSince.name) hintSince = { name, at: performance.now() };
  hint(name && performance.now() - hintSince.at > HINT_AFTER_MS ? t(`hint.${name}`) : "");
}

function hint(text) {
  if ($("camera-hint").textContent !== text) $("camera-hint").textContent = text;
  $("camera-hint").hidden = !text;
}

/** The newest numbers, moved with the picture since they were read. In px of the video. */
function numbersNow() {
  if (!latest || !video.videoWidth) return [];
  const scale = video.videoWidth / latest.width;
  const moved = now && latest.profiles ? shift(latest.profiles, now) : { x: 0, y: 0 };
  return latest.numbers.map((number) => ({ ...number, quad: number.quad.map(([x, y]) => [x * scale + moved.x * video.videoWidth, y * scale + moved.y * video.videoHeight]) }));
}

function paint() {
  const box = overlay.getBoundingClientRect();
  const dots = devicePixelRatio || 1;
  if (overlay.width !== Math.round(box.width * dots) || overlay.height !== Math.round(box.height * dots)) {
    overlay.width = Math.round(box.width * dots);
    overlay.height = Math.round(box.height * dots);
  }
  context.clearRect(0, 0, overlay.width, overlay.height);
  if (video.videoWidth) drawNumbers(context, numbersNow(), fitted(video.videoWidth, video.videoHeight, overlay.width, overlay.height), Math.max(11 * dots, overlay.width / 62));
}

/** The picture with its numbers as a file. */
function snapshot() {
  const canvas = recording.draw(video, numbersNow());
  canvas.toBlob((blob) => save(blob, `numcam-${stamp()}.png`), "image/png");
}

function record() {
  if (recording.isOn) {
    recording.stop();
    pressed("camera-record", false);
    return;
  }
  try {
    recording.draw(video, numbersNow());
    recording.start((blob, ending) => save(blob, `numcam-${stamp()}.${ending}`));
    pressed("camera-record", true);
    speak(t("camera.recording"));
  } catch (error) {
    banner(t("camera.no_recording", { reason: error.message }));
  }
}
