import { Sink } from "../../bytes/index.ts";

// The block format of LZ4: a token (length of literals, length of the match less 4, four bits each, 15 goes on in
// further bytes), the literals, the match's distance in two bytes. The last five bytes are literals.

const shortestMatch = 4;
const lastLiterals = 5;
const lastMatchStart = 12;
const farthest = 0xffff;
const hashBits = 12;

/** Compresses bytes; the result may be longer. */
export function lz4Compress(bytes: Uint8Array): Uint8Array {
  const sink = new Sink(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const seen = new Int32Array(1 << hashBits).fill(-1);
  let literals = 0;
  let at = 0;
  while (at + lastMatchStart <= bytes.length) {
    const word = view.getUint32(at, true);
    const hash = Math.imul(word, 0x9e37_79b1) >>> (32 - hashBits);
    const found = seen[hash]!;
    seen[hash] = at;
    if (found < 0 || at - found > farthest || view.getUint32(found, true) !== word) {
      at++;
      continue;
    }
    let end = at + shortestMatch;
    while (end < bytes.length - lastLiterals && bytes[end] === bytes[found + end - at]) end++;
    sequence(sink, bytes, literals, at, end - at - shortestMatch);
    sink.byte((at - found) & 0xff);
    sink.byte((at - found) >> 8);
    writeLength(sink, end - at - shortestMatch);
    at = end;
    literals = end;
  }
  sequence(sink, bytes, literals, bytes.length, 0);
  return sink.take();
}

function sequence(sink: Sink, bytes: Uint8Array, from: number, to: number, match: number): void {
  sink.byte((Math.min(15, to - from) << 4) | Math.min(15, match));
  writeLength(sink, to - from);
  sink.bytes(bytes, from, to);
}

function writeLength(sink: Sink, length: number): void {
  if (length < 15) return;
  let left = length - 15;
  for (; left >= 255; left -= 255) sink.byte(255);
  sink.byte(left);
}

/** Decompresses to exactly `length` bytes; gives nothing if that is not what the bytes say. */
export function lz4Decompress(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const result = new Uint8Array(length);
  let at = 0;
  let to = 0;
  const more = (short: number): number => {
    if (short < 15) return short;
    let sum = 15;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) return Infinity;
      sum += byte;
      if (byte < 255) return sum;
    }
  };
  while (at < bytes.length) {
    const token = bytes[at++]!;
    const literals = more(token >> 4);
    if (literals > bytes.length - at || literals > length - to) return undefined;
    result.set(bytes.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === bytes.length) break;
    const distance = bytes[at]! | ((bytes[at + 1] ?? 0) << 8);
    at += 2;
    const match = more(token & 15) + shortestMatch;
    if (distance === 0 || distance > to || match > length - to) return undefined;
    for (const end = to + match; to < end; to++) result[to] = result[to - distance]!;
  }
  return to === length ? result : undefined;
}
