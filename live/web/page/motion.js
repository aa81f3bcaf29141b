// How far a picture has moved since another one, so that frames stay on their numbers between two answers. Knows no number.

export const WIDTH = 96;
const REACH = 0.2; // of a side: a page that moves farther between two answers is another page to the eye
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });

/** The darkness of a picture's columns and rows, as they are compared. source: a video or canvas. */
export function profiles(source, width, height) {
  canvas.width = WIDTH;
  canvas.height = Math.max(8, Math.round((WIDTH * height) / width));
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const columns = new Float32Array(canvas.width);
  const rows = new Float32Array(canvas.height);
  let sum = 0;
  for (let y = 0, i = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++, i += 4) {
      const grey = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
      columns[x] += grey;
      rows[y] += grey;
      sum += grey;
    }
  }
  return { columns: sloped(columns, canvas.height), rows: sloped(rows, canvas.width), mean: sum / (canvas.width * canvas.height) };
}

/** Differences of neighbours: they don't change with the light. */
function sloped(sums, count) {
  const found = new Float32Array(sums.length - 1);
  for (let i = 0; i < found.length; i++) found[i] = (sums[i + 1] - sums[i]) / count;
  return found;
}

/** The shift from `before` to `now` as shares of width and height. */
export function shift(before, now) {
  return { x: shiftOf(before.columns, now.columns) / WIDTH, y: shiftOf(before.rows, now.rows) / (now.rows.length + 1) };
}

function shiftOf(before, now) {
  if (before.length !== now.length) return 0;
  const most = Math.round(before.length * REACH);
  const costs = [];
  for (let d = -most; d <= most; d++) {
    let cost = 0;
    const first = Math.max(0, d);
    const last = Math.min(now.length, now.length + d);
    for (let i = first; i < last; i++) cost += Math.abs(now[i] - before[i - d]);
    costs.push(cost / (last - first));
  }
  let best = most;
  for (let i = 0; i < costs.length; i++) if (costs[i] < costs[best] * 0.98) best = i;
  if (costs[best] > 0.75 * costs[most]) return 0; // hardly better than no shift: noise
  const [left, middle, right] = [costs[best - 1], costs[best], costs[best + 1]];
  const part = left === undefined || right === undefined ? 0 : (left - right) / (2 * (left - 2 * middle + right) || 1);
  return best - most + Math.max(-0.5, Math.min(0.5, part));
}
