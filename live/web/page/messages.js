// The page's texts in the language of its reader, from messages/*.json. Knows no panel.

export const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français", es: "Español", pt: "Português", zh: "中文" };
const KEPT = "numcam-language";
let texts = {};
let fallback = {};
let language = "en";

/** The text of a name, with {placeholders} filled in. */
export function t(name, values = {}) {
  const text = texts[name] ?? fallback[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** A probability from 0 to 1 as this language writes a percentage; as in the window it is never rounded up, and never 100. */
export const percent = (share, digits = 0) => {
  const most = 100 * 10 ** digits;
  const shown = Math.min(Math.floor(share * most + 1e-6), most - 1) / most;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(shown);
};

export const currentLanguage = () => language;

/** The language that was chosen before, else the browser's own, else English. */
export function preferred() {
  const wanted = [read(KEPT), ...(navigator.languages ?? [navigator.language])];
  return wanted.map((tag) => (tag ?? "").slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES) ?? "en";
}

/** Load a language and put its texts into the page. */
export async function useLanguage(tag, { keep = false } = {}) {
  if (!Object.keys(fallback).length) fallback = await load("en");
  texts = tag === "en" ? fallback : await load(tag);
  language = tag;
  if (keep) write(KEPT, tag);
  document.documentElement.lang = tag;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  document.dispatchEvent(new CustomEvent("language"));
}

async function load(tag) {
  const answer = await fetch(`messages/${tag}.json`);
  return answer.ok ? answer.json() : {};
}

/** A value that the browser keeps, or null; some browsers keep nothing in private windows. */
export function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // nothing is kept, and nothing is lost
  }
}
