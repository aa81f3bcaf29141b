// Lays the ink of one digit out as MNIST does, as models/mnist_format.py: the form that the network reads. Knows no canvas.

export const FIELD = 28;
const DIGIT = 20;

/** Round as Python and OpenCV do: halves to the even neighbour. */
const even = (value) => {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest < 0.5 || (rest === 0.5 && whole % 2 === 0) ? whole : whole + 1;
};

const single = Math.fround; // OpenCV sums in single precision, which decides what is half

/** What each new cell takes of the old ones: [[old cell, share]], as OpenCV's INTER_AREA. */
function shares(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, i * scale + scale];
    const wide = Math.min(scale, from - start);
    const last = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(start), last);
    const parts = [];
    if (first - start > 1e-3) parts.push([first - 1, single((first - start) / wide)]);
    for (let k = first; k < last; k++) parts.push([k, single(1 / wide)]);
    if (end - last > 1e-3) parts.push([last, single(Math.min(end - last, 1, wide) / wide)]);
    return parts;
  });
}

/** Shrink by the mean of what each cell covers, as OpenCV's INTER_AREA. */
function shrunk(ink, width, height, toWidth, toHeight) {
  const isHalf = width === 2 * toWidth && height === 2 * toHeight;
  const columns = shares(width, toWidth);
  const found = new Uint8Array(toWidth * toHeight);
  shares(height, toHeight).forEach((rows, y) => {
    columns.forEach((cells, x) => {
      let sum = 0;
      for (const [row, down] of rows) {
        let part = 0;
        for (const [column, across] of cells) part = single(part + single(ink[row * width + column] * across));
        sum = single(sum + single(down * part));
      }
      found[y * toWidth + x] = isHalf ? Math.floor(sum + 0.5) : even(sum);
    });
  });
  return found;
}

/** The weights of a cubic at a place between two cells, as OpenCV's INTER_CUBIC. */
function cubic(t) {
  const a = -0.75;
  const far = (x) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  const near = (x) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const weights = [far(t + 1), near(t), near(1 - t)];
  return [...weights, 1 - weights[0] - weights[1] - weights[2]];
}

/** Enlarge by cubics. */
function enlarged(ink, width, height, toWidth, toHeight) {
  const found = new Uint8Array(toWidth * toHeight);
  const at = (x, y) => ink[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
  for (let y = 0; y < toHeight; y++) {
    const sy = (y + 0.5) * (height / toHeight) - 0.5;
    const down = cubic(sy - Math.floor(sy));
    for (let x = 0; x < toWidth; x++) {
      const sx = (x + 0.5) * (width / toWidth) - 0.5;
      const across = cubic(sx - Math.floor(sx));
      let sum = 0;
      for (let j = 0; j < 4; j++) for (let i = 0; i < 4; i++) sum += down[j] * across[i] * at(Math.floor(sx) - 1 + i, Math.floor(sy) - 1 + j);
      found[y * toWidth + x] = Math.max(0, Math.min(255, even(sum)));
    }
  }
  return found;
}

/** The field of one digit, 28 x 28 values from 0 to 1, ink is 1. ink: width x height grey values, 255 is ink, cropped to the digit. */
export function toField(ink, width, height) {
  const scale = DIGIT / Math.max(width, height);
  const [w, h] = [Math.max(1, even(width * scale)), Math.max(1, even(height * scale))];
  const small = scale < 1 ? shrunk(ink, width, height, w, h) : scale > 1 ? enlarged(ink, width, height, w, h) : ink;
  let [mass, mx, my, peak] = [0, 0, 0, 0];
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      mass += small[i];
      mx += small[i] * x;
      my += small[i] * y;
      peak = Math.max(peak, small[i]);
    }
  }
  if (!peak) throw new Error("there is no ink");
  const start = (moment, size) => Math.max(0, Math.min(FIELD - size, even((FIELD - 1) / 2 - moment / mass)));
  const [left, top] = [start(mx, w), start(my, h)];
  const field = new Float32Array(FIELD * FIELD);
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) field[(top + y) * FIELD + left + x] = small[y * w + x] / peak;
  return field;
}
