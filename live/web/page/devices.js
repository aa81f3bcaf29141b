// Opens cameras and says what to do when that fails. Knows no server and no number.
import { t } from "./messages.js";

/** Open a camera: by its id, else the one at the back. */
export async function openCamera(id) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "SecurityError");
  const video = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 } };
  return navigator.mediaDevices.getUserMedia({ video: id ? { ...video, deviceId: { exact: id } } : { ...video, facingMode: "environment" } });
}

/** The cameras that there are, with names once one was allowed. */
export async function listCameras() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return all.filter((device) => device.kind === "videoinput").map((device, index) => ({ id: device.deviceId, name: device.label || t("camera.nth", { number: index + 1 }) }));
}

function browser() {
  const agent = navigator.userAgent;
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Firefox/.test(agent)) return "firefox";
  if (/Chrom|Edg/.test(agent)) return /Android/.test(agent) ? "android" : "chromium";
  return /Safari/.test(agent) ? "safari" : "other";
}

/** What to do about a camera that can't be opened, in this browser: a line, and the steps. */
export function remedy(error) {
  if (error.name === "SecurityError") return { line: t("trouble.insecure"), steps: t("trouble.insecure_steps") };
  if (error.name === "NotAllowedError") return { line: t("trouble.refused"), steps: t(`trouble.refused_${browser()}`) };
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return { line: t("trouble.none"), steps: t("trouble.none_steps") };
  if (error.name === "NotReadableError" || error.name === "AbortError") return { line: t("trouble.busy"), steps: t("trouble.busy_steps") };
  return { line: t("trouble.other", { reason: error.message || error.name }), steps: t("trouble.busy_steps") };
}
