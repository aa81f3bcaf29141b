// Starts the page: session, language, theme, tabs, state of the server, service worker. Knows no panel's work.
import { ApiError, beginSession, health } from "./api.js";
import { startCamera, leaveCamera } from "./camera.js";
import { $, banner, el } from "./dom.js";
import { startPad } from "./draw.js";
import { LANGUAGES, currentLanguage, preferred, read, t, useLanguage, write } from "./messages.js";
import { startPictures } from "./pictures.js";

const PANELS = ["camera", "draw", "pictures"];
const THEMES = ["auto", "light", "dark"];
const LOOK_MS = 5000;

function show(name, { focus = false } = {}) {
  const chosen = PANELS.includes(name) ? name : "camera";
  for (const panel of PANELS) {
    const isShown = panel === chosen;
    $(panel).hidden = !isShown;
    $(`tab-${panel}`).setAttribute("aria-selected", String(isShown));
    $(`tab-${panel}`).tabIndex = isShown ? 0 : -1;
  }
  if (chosen !== "camera") leaveCamera();
  if (focus) $(`tab-${chosen}`).focus();
  document.title = `${t(`${chosen}.tab`)} · Numcam`;
  document.dispatchEvent(new CustomEvent("panel", { detail: chosen }));
}

function startTabs() {
  for (const panel of PANELS) {
    $(`tab-${panel}`).addEventListener("click", () => {
      history.replaceState(null, "", `#${panel}`);
      show(panel);
    });
  }
  document.querySelector(".tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const now = PANELS.findIndex((panel) => $(`tab-${panel}`) === document.activeElement);
    const next = event.key === "Home" ? 0 : event.key === "End" ? PANELS.length - 1 : step && (now + step + PANELS.length) % PANELS.length;
    if (next === undefined || now < 0) return;
    event.preventDefault();
    history.replaceState(null, "", `#${PANELS[next]}`);
    show(PANELS[next], { focus: true });
  });
  addEventListener("hashchange", () => show(location.hash.slice(1)));
}

function startLanguages() {
  const choice = $("language");
  choice.append(...Object.entries(LANGUAGES).map(([tag, name]) => el("option", { value: tag, textContent: name, lang: tag })));
  choice.addEventListener("change", () => useLanguage(choice.value, { keep: true }));
  document.addEventListener("language", () => {
    choice.value = currentLanguage();
    tellTheme();
    if (state) tell(state);
    document.title = `${t(`${location.hash.slice(1) || "camera"}.tab`)} · Numcam`;
  });
}

const theme = () => THEMES.find((name) => name === read("numcam-theme")) ?? "auto";

function tellTheme() {
  document.documentElement.dataset.theme = theme();
  $("theme-text").textContent = t(`theme.${theme()}`);
  $("theme").title = t(`theme.${theme()}`);
}

function startTheme() {
  $("theme").addEventListener("click", () => {
    write("numcam-theme", THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    tellTheme();
  });
}

let state = "";

function tell(now) {
  state = now;
  $("state").dataset.is = now;
  const text = t(`state.${now}`);
  if ($("state-text").textContent !== text) $("state-text").textContent = text;
}

/** Look whether the server is there, again and again; the page goes on without it. */
async function look() {
  try {
    await health();
    tell("ready");
    banner("");
  } catch (error) {
    const needsToken = error instanceof ApiError && error.status === 401;
    tell("lost");
    banner(needsToken ? error.message : "");
  }
  setTimeout(look, LOOK_MS);
}

async function start() {
  document.documentElement.dataset.theme = theme();
  startLanguages();
  startTheme();
  startTabs();
  await useLanguage(preferred());
  try {
    await beginSession();
  } catch (error) {
    banner(error.message);
  }
  startCamera();
  startPad();
  startPictures();
  show(location.hash.slice(1));
  look();
  navigator.serviceWorker?.register("worker.js").catch(() => {}); // refused where the certificate isn't trusted
}

start();
