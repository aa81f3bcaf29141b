// Runs the digit network in the page: the operations that it has, one digit at a time. Knows no canvas and no file.
import { parse } from "./onnx.js";

const tensor = (shape, data) => ({ shape, data });

/** Round as ONNX does: halves to the even neighbour. */
function rounded(value) {
  const whole = Math.floor(value);
  const rest = value - whole;
  if (rest < 0.5) return whole;
  return rest > 0.5 || whole % 2 !== 0 ? whole + 1 : whole;
}

function quantize([{ shape, data }, scale, zero]) {
  const found = new Uint8Array(data.length);
  const [step, base] = [scale.data[0], zero?.data[0] ?? 0];
  for (let i = 0; i < data.length; i++) found[i] = Math.max(0, Math.min(255, rounded(data[i] / step) + base));
  return tensor(shape, found);
}

function dequantize([{ shape, data }, scale, zero]) {
  const found = new Float32Array(data.length);
  const each = scale.data.length > 1 ? data.length / scale.data.length : data.length;
  for (let i = 0; i < data.length; i++) {
    const k = Math.floor(i / each);
    found[i] = (data[i] - (zero?.data[k] ?? 0)) * scale.data[k];
  }
  return tensor(shape, found);
}

/** The picture's patches as rows, so that a convolution is a product of matrices. */
function patches({ shape: [, channels, height, width], data }, [kh, kw], [sy, sx], [top, left], [rows, columns]) {
  const size = channels * kh * kw;
  const found = new Float32Array(rows * columns * size);
  let at = 0;
  for (let oy = 0; oy < rows; oy++) {
    for (let ox = 0; ox < columns; ox++) {
      for (let c = 0; c < channels; c++) {
        for (let ky = 0; ky < kh; ky++) {
          const y = oy * sy + ky - top;
          for (let kx = 0; kx < kw; kx++, at++) {
            const x = ox * sx + kx - left;
            if (y >= 0 && y < height && x >= 0 && x < width) found[at] = data[(c * height + y) * width + x];
          }
        }
      }
    }
  }
  return found;
}

function convolve([x, weights, bias], { kernel_shape, strides = [1, 1], pads = [0, 0, 0, 0] }) {
  const [count] = weights.shape;
  const [, , height, width] = x.shape;
  const rows = Math.floor((height + pads[0] + pads[2] - kernel_shape[0]) / strides[0]) + 1;
  const columns = Math.floor((width + pads[1] + pads[3] - kernel_shape[1]) / strides[1]) + 1;
  const seen = patches(x, kernel_shape, strides, pads, [rows, columns]);
  return tensor([1, count, rows, columns], products(weights.data, seen, bias?.data, count, rows * columns));
}

/** The product of each row of weights with each patch; two sums at a time keep a processor busy. */
function products(weights, seen, bias, count, places) {
  const size = weights.length / count;
  const found = new Float32Array(count * places);
  for (let o = 0; o < count; o++) {
    const begin = o * size;
    for (let p = 0; p < places; p++) {
      const from = p * size;
      let even = 0;
      let odd = 0;
      let i = 0;
      for (; i + 1 < size; i += 2) {
        even += weights[begin + i] * seen[from + i];
        odd += weights[begin + i + 1] * seen[from + i + 1];
      }
      if (i < size) even += weights[begin + i] * seen[from + i];
      found[o * places + p] = even + odd + (bias === undefined ? 0 : bias[o]);
    }
  }
  return found;
}

function transpose([{ shape, data }], { perm }) {
  const steps = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const turned = perm.map((axis) => shape[axis]);
  const found = new data.constructor(data.length);
  const place = turned.map(() => 0);
  for (let i = 0; i < found.length; i++) {
    found[i] = data[place.reduce((sum, p, axis) => sum + p * steps[perm[axis]], 0)];
    for (let axis = place.length - 1; axis >= 0 && ++place[axis] === turned[axis]; axis--) place[axis] = 0;
  }
  return tensor(turned, found);
}

function multiply([{ data }, weights, bias]) {
  const [size, count] = weights.shape;
  const found = new Float32Array(count);
  for (let o = 0; o < count; o++) {
    let sum = bias ? bias.data[o] : 0;
    for (let i = 0; i < size; i++) sum += data[i] * weights.data[i * count + o];
    found[o] = sum;
  }
  return tensor([1, count], found);
}

function softmax([{ shape, data }]) {
  const most = Math.max(...data);
  const powers = Float64Array.from(data, (value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return tensor(shape, Float32Array.from(powers, (value) => value / sum));
}

/** A shape that the file computes is that of a flattening; one that it gives is for pictures, whose order stays. */
const reshape = ([{ data }, shape]) => tensor(shape ? [1, ...[...shape.data].slice(1).map(Number)] : [1, data.length], data);

const OPERATIONS = {
  Conv: convolve, Relu: ([{ shape, data }]) => tensor(shape, data.map((value) => (value > 0 ? value : 0))), QuantizeLinear: quantize,
  DequantizeLinear: dequantize, Transpose: transpose, Reshape: reshape, Gemm: multiply, Softmax: softmax,
};
const OF_SHAPES = new Set(["Shape", "Gather", "Cast", "Slice", "Concat"]); // they only count: see reshape

export class Network {
  /** bytes: an ONNX file. Throws where it has an operation that isn't known here. */
  constructor(bytes) {
    const { nodes, weights } = parse(bytes);
    const strange = nodes.find(({ kind }) => !(kind in OPERATIONS) && !OF_SHAPES.has(kind));
    if (strange) throw new Error(`the operation ${strange.kind} isn't known`);
    this.nodes = nodes.filter(({ kind, inputs, outputs }) => {
      if (OF_SHAPES.has(kind)) return false;
      if (kind !== "DequantizeLinear" || !weights.has(inputs[0])) return true;
      weights.set(outputs[0], dequantize(inputs.map((name) => weights.get(name)))); // once, not for each digit
      return false;
    });
    this.weights = weights;
    this.first = nodes.find(({ kind }) => kind === "Reshape").inputs[0];
  }

  /** The probabilities of one digit: eleven that sum to 1, the last "not a digit". field: 28 x 28 values from 0 to 1. */
  run(field) {
    const values = new Map([[this.first, tensor([1, 28, 28, 1], Float32Array.from(field))]]);
    let last;
    for (const { kind, inputs, outputs, attributes } of this.nodes) {
      last = OPERATIONS[kind](inputs.map((name) => values.get(name) ?? this.weights.get(name)), attributes);
      values.set(outputs[0], last);
    }
    return last.data;
  }
}
