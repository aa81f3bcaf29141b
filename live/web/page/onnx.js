// Reads a network from an ONNX file: its nodes, and its weights as arrays. Runs nothing.
// Source: onnx.proto of the ONNX project, and the wire format of Protocol Buffers.

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const KINDS = { 1: Float32Array, 2: Uint8Array, 3: Int8Array, 6: Int32Array, 7: BigInt64Array };
const decoder = new TextDecoder();

/** The fields of one message: [number, value], where a value is a number or bytes. */
function* fields(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("the network file is cut short");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag & 7;
    if (kind === VARINT) yield [tag >> 3, varint()];
    else if (kind === BYTES) {
      const length = varint();
      if (length < 0 || at + length > bytes.length) throw new Error("the network file is cut short");
      yield [tag >> 3, bytes.subarray(at, (at += length))];
    } else if (kind === FIXED32) {
      yield [tag >> 3, view.getFloat32(at, true)];
      at += 4;
    } else if (kind === FIXED64) at += 8;
    else throw new Error("this is no network file");
  }
}

/** The varints of a field that may be packed. */
function ints(value) {
  if (typeof value === "number") return [value];
  const found = [];
  for (let at = 0; at < value.length; ) {
    let sum = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = value[at++];
      sum += (byte & 127) * factor;
      if (byte < 128) break;
    }
    found.push(sum);
  }
  return found;
}

function tensor(bytes) {
  const found = { shape: [], name: "", data: new Float32Array(0) };
  const listed = [];
  let kind = 1;
  let raw;
  for (const [number, value] of fields(bytes)) {
    if (number === 1) found.shape.push(...ints(value));
    else if (number === 2) kind = value;
    else if (number === 8) found.name = decoder.decode(value);
    else if (number === 9) raw = value;
    else if (number === 4) listed.push(...(typeof value === "number" ? [value] : new Float32Array(value.slice().buffer)));
    else if (number === 5 || number === 7) listed.push(...ints(value));
  }
  if (!(kind in KINDS)) throw new Error(`weights of kind ${kind} are not known`);
  found.data = raw ? new KINDS[kind](raw.slice().buffer) : KINDS[kind].from(kind === 7 ? listed.map(BigInt) : listed);
  return found;
}

function attribute(bytes) {
  const found = { name: "", value: 0, ints: [] };
  for (const [number, value] of fields(bytes)) {
    if (number === 1) found.name = decoder.decode(value);
    else if (number === 2 || number === 3) found.value = value;
    else if (number === 4) found.value = decoder.decode(value);
    else if (number === 8) found.ints.push(...ints(value));
  }
  return [found.name, found.ints.length ? found.ints : found.value];
}

function node(bytes) {
  const found = { kind: "", inputs: [], outputs: [], attributes: {} };
  for (const [number, value] of fields(bytes)) {
    if (number === 1) found.inputs.push(decoder.decode(value));
    else if (number === 2) found.outputs.push(decoder.decode(value));
    else if (number === 4) found.kind = decoder.decode(value);
    else if (number === 5) {
      const [name, held] = attribute(value);
      found.attributes[name] = held;
    }
  }
  return found;
}

/** A network: its nodes in the order in which they run, and its weights by name. Throws where the file is none. */
export function parse(bytes) {
  const nodes = [];
  const weights = new Map();
  for (const [number, graph] of fields(bytes)) {
    if (number !== 7) continue;
    for (const [part, value] of fields(graph)) {
      if (part === 1) nodes.push(node(value));
      else if (part === 5) {
        const read = tensor(value);
        weights.set(read.name, read);
      }
    }
  }
  if (!nodes.length) throw new Error("this is no network file");
  return { nodes, weights };
}
