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
  const taken = [];
  for (const number of numbers) {
    const quad = number.quad.map(([x, y]) => [place.left + x * place.scale, place.top + y * place.scale]);
    const colour = number.shown.includes("?") ? DOUBT : SURE;
    outline(context, grown(quad, letters * 0.22), colour, letters);
    label(context, number, quad, colour, letters, taken);
  }
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

function label(context, number, quad, colour, letters, taken) {
  const text = number.shown;
  const sure = percent(number.confidence);
  context.font = `650 ${letters}px system-ui, sans-serif`;
  const wide = context.measureText(text).width;
  context.font = `500 ${letters * 0.68}px system-ui, sans-serif`;
  const width = wide + context.measureText(sure).width + letters * 1.25;
  const height = letters * 1.5;
  const left = Math.max(2, Math.min(context.canvas.width - width - 2, Math.min(quad[0][0], quad[3][0]) - letters * 0.25));
  const above = Math.min(quad[0][1], quad[1][1]) - height - letters * 0.45;
  const below = Math.max(quad[2][1], quad[3][1]) + letters * 0.45;
  const isFree = (top) => top >= 0 && top + height <= context.canvas.height && !taken.some((box) => box.left < left + width && left < box.left + box.width && box.top < top + height && top < box.top + height);
  const top = [above, below].find(isFree) ?? Math.max(0, above);
  taken.push({ left, top, width });
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
