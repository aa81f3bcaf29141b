// Draws numbers with their frames and readings over a picture. Knows no camera and no server.
import { percent } from "./messages.js";

const SURE = "#20c39b";
const DOUBT = "#ffb648";
const GROUND = "rgba(8, 14, 13, 0.86)";

/** Where a picture lies in a box that shows all of it: left, top and scale, in px of the box. */
export function fitted(width, height, boxWidth, boxHeight) {
  const scale = Math.min(boxWidth / width, boxHeight / height);
  return { scale, left: (boxWidth - width * scale) / 2, top: (boxHeight - height * scale) / 2 };
}

/** Draw numbers. place: {left, top, scale} from px of the picture to px of the canvas. letters: height of the labels, px. */
export function drawNumbers(context, numbers, place, letters) {
  context.lineJoin = "round";
  context.font = `650 ${letters}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const quads = numbers.map(({ quad }) => quad.map(([x, y]) => [place.left + x * place.scale, place.top + y * place.scale]));
  const taken = quads.map(boxOf); // a label covers no number, and no other label
  const colours = numbers.map(({ shown }) => (shown.includes("?") ? DOUBT : SURE));
  numbers.forEach((_, i) => outline(context, grown(quads[i], letters * 0.22), colours[i], letters));
  numbers.forEach((number, i) => label(context, number, taken[i], colours[i], letters, taken));
}

/** The upright box around a quad. */
function boxOf(quad) {
  const xs = quad.map(([x]) => x);
  const ys = quad.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), width: Math.max(...xs) - Math.min(...xs), height: Math.max(...ys) - Math.min(...ys) };
}

/** How much of a box others cover, px²; what is outside the canvas counts too. */
function hidden(box, others, canvas) {
  const across = (a, b) => Math.max(0, Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left));
  const down = (a, b) => Math.max(0, Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top));
  const seen = { left: 0, top: 0, width: canvas.width, height: canvas.height };
  const outside = box.width * box.height - across(box, seen) * down(box, seen);
  return others.reduce((sum, other) => sum + across(box, other) * down(box, other), 4 * outside);
}

/** The corners moved outwards, so that the line doesn't cover the ink. */
function grown(quad, by) {
  const cx = quad.reduce((sum, [x]) => sum + x, 0) / 4;
  const cy = quad.reduce((sum, [, y]) => sum + y, 0) / 4;
  return quad.map(([x, y]) => {
    const far = Math.hypot(x - cx, y - cy) || 1;
    return [x + ((x - cx) / far) * by * 1.4, y + ((y - cy) / far) * by * 1.4];
  });
}

function outline(context, quad, colour, letters) {
  context.beginPath();
  quad.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.lineWidth = Math.max(4, letters * 0.28);
  context.strokeStyle = "rgba(6, 12, 11, 0.45)";
  context.stroke();
  context.lineWidth = Math.max(2, letters * 0.14);
  context.strokeStyle = colour;
  context.stroke();
}

function label(context, number, box, colour, letters, taken) {
  const text = number.shown;
  const sure = percent(number.confidence);
  context.font = `650 ${letters}px system-ui, sans-serif`;
  const wide = context.measureText(text).width;
  context.font = `500 ${letters * 0.68}px system-ui, sans-serif`;
  const width = wide + context.measureText(sure).width + letters * 1.25;
  const height = letters * 1.5;
  const gap = letters * 0.4;
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const middle = box.top + (box.height - height) / 2;
  const places = [[box.left, box.top - height - gap], [box.left, bottom + gap], [right + gap, middle], [box.left - width - gap, middle], [right - width, box.top - height - gap]];
  const costs = places.map(([x, y]) => hidden({ left: x, top: y, width, height }, taken, context.canvas));
  const [left, top] = places[costs.indexOf(Math.min(...costs))];
  taken.push({ left, top, width, height });
  context.fillStyle = GROUND;
  context.beginPath();
  context.roundRect(left, top, width, height, height * 0.28);
  context.fill();
  context.fillStyle = colour;
  context.fillRect(left, top + height * 0.22, Math.max(2, letters * 0.14), height * 0.56);
  context.font = `650 ${letters}px system-ui, sans-serif`;
  context.fillStyle = "#ffffff";
  context.fillText(text, left + letters * 0.42, top + height / 2 + letters * 0.04);
  context.font = `500 ${letters * 0.68}px system-ui, sans-serif`;
  context.fillStyle = colour;
  context.fillText(sure, left + letters * 0.78 + wide, top + height / 2 + letters * 0.06);
}
