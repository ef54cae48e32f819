import { Sink } from "../bytes/index.ts";
import type { PackedNumbers } from "./report-data.ts";

/** Bytes that become Base64 at once: a multiple of three, few enough to be a function's arguments. */
const STEP = 3 * 2 ** 13;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += STEP) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + STEP))));
  }
  return pieces.join("");
}

function fromBase64(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Packs numbers into a text that takes a few bytes a number. */
export function pack(values: ArrayLike<number>): PackedNumbers {
  const list = Float64Array.from(values);
  if (list.every((value) => Number.isSafeInteger(value) && value >= 0)) {
    const sink = new Sink(list.length * 2 + 16);
    for (const value of list) sink.u32(value);
    return { type: "leb128", base64: toBase64(sink.take()) };
  }
  const bytes = new DataView(new ArrayBuffer(list.length * 8));
  list.forEach((value, index) => bytes.setFloat64(index * 8, value, true));
  return { type: "f64", base64: toBase64(new Uint8Array(bytes.buffer)) };
}

/** Unpacks what `pack` made of `count` numbers. */
export function unpack({ type, base64 }: PackedNumbers, count: number): Float64Array {
  const bytes = fromBase64(base64);
  const values = new Float64Array(count);
  if (type === "f64") {
    const view = new DataView(bytes.buffer);
    return values.map((_, index) => view.getFloat64(index * 8, true));
  }
  let at = 0;
  for (let index = 0; index < count; index++) {
    let [value, scale] = [0, 1];
    for (; bytes[at]! > 0x7f; at++, scale *= 128) value += (bytes[at]! & 0x7f) * scale;
    values[index] = value + bytes[at++]! * scale;
  }
  return values;
}
