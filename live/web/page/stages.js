// Shows what each stage of the reader saw, one picture after the other. Knows no server.
import { $, el } from "./dom.js";
import { t } from "./messages.js";

let addresses = [];

/** Open the viewer. stages: [{name, blob}] in the order of the reader. */
export function showStages(stages) {
  const dialog = $("stages");
  addresses = stages.map(({ blob }) => URL.createObjectURL(blob));
  const buttons = stages.map(({ name }, i) => el("button", { type: "button", textContent: `${i + 1}  ${title(name)}`, onclick: () => choose(i) }));
  function choose(i) {
    buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === i)));
    $("stage-picture").src = addresses[i];
    $("stage-picture").alt = title(stages[i].name);
    $("stage-text").textContent = t(`stage.${key(stages[i].name)}_text`);
  }
  $("stage-names").replaceChildren(...buttons);
  $("stage-names").onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    const next = (at + step + buttons.length) % buttons.length;
    buttons[next].focus();
    choose(next);
  };
  $("stages-close").onclick = () => dialog.close();
  dialog.onclose = () => addresses.forEach((address) => URL.revokeObjectURL(address));
  choose(0);
  dialog.showModal();
}

/** `3-digits` is the stage `digits`. */
const key = (name) => name.replace(/^\d+-/, "").replace(/\W+/g, "_");
const title = (name) => {
  const known = t(`stage.${key(name)}`);
  return known.startsWith("stage.") ? key(name) : known;
};
