import {
  copy,
  fill,
  load16u,
  load32,
  load64,
  load8u,
  store16,
  store32,
  store8,
} from "./machine.ts";

// The block format of LZ4, as `state/lz4.ts` has it outside.

const hashBits = 12;
/** Bytes of the table by which matches are found. */
export const matchTableBytes = 16384;
const shortest = 4;
const lastLiterals = 5;
const lastMatch = 12;
const farthest = 65535;

function putLength(to: number, length: number): number {
  if (length < 15) return to;
  let at = to;
  let left = length - 15;
  while (left >= 255) {
    store8(at, 0, 255);
    at++;
    left -= 255;
  }
  store8(at, 0, left);
  return at + 1;
}

function putLiterals(to: number, from: number, count: number, match: number): number {
  const high = count < 15 ? count : 15;
  const low = match < 15 ? match : 15;
  store8(to, 0, (high << 4) | low);
  const at = putLength(to + 1, count);
  copy(at, from, count);
  return at + count;
}

// Where the bytes behind both addresses begin to differ.
function matchEnd(at: number, found: number, end: number): number {
  let here = at;
  const distance = at - found;
  while (here + 8 <= end && load64(here, 0) === load64(here - distance, 0)) here += 8;
  while (here < end && load8u(here, 0) === load8u(here - distance, 0)) here++;
  return here;
}

/** Compresses, with a table at `table`; gives the bytes written, for which there must be room. */
export function compress(from: number, bytes: number, to: number, table: number): number {
  fill(table, 0, matchTableBytes);
  const end = from + bytes;
  let literals = from;
  let out = to;
  let at = from;
  let misses = 0;
  while (at + lastMatch <= end) {
    const word = load32(at, 0);
    const place = table + (((word * -1640531535) >>> (32 - hashBits)) << 2);
    const found = load32(place, 0);
    store32(place, 0, at);
    if (found === 0 || at - found > farthest || load32(found, 0) !== word) {
      misses++;
      // What does not compress is passed over faster and faster.
      at += 1 + (misses >> 6);
      continue;
    }
    misses = 0;
    const until = matchEnd(at + shortest, found + shortest, end - lastLiterals);
    const match = until - at - shortest;
    out = putLiterals(out, literals, at - literals, match);
    store16(out, 0, at - found);
    out = putLength(out + 2, match);
    at = until;
    literals = until;
  }
  return putLiterals(out, literals, end - literals, 0) - to;
}

let lengthBehind = 0;

// Gives a length, and in `lengthBehind` where the next byte is; a wrong length is one that fits nowhere.
function takeLength(short: number, from: number, end: number): number {
  lengthBehind = from;
  if (short < 15) return short;
  let sum = 15;
  for (;;) {
    if (lengthBehind >= end) return 0x7fffffff;
    const byte = load8u(lengthBehind, 0);
    lengthBehind++;
    sum += byte;
    if (byte < 255) return sum;
  }
}

/** Decompresses to exactly `room` bytes; tells whether that is what the bytes say. */
export function decompress(from: number, bytes: number, to: number, room: number): boolean {
  const end = from + bytes;
  const outEnd = to + room;
  let at = from;
  let out = to;
  while (at < end) {
    const token = load8u(at, 0);
    const count = takeLength(token >>> 4, at + 1, end);
    at = lengthBehind;
    if (count > end - at || count > outEnd - out) return false;
    copy(out, at, count);
    at += count;
    out += count;
    if (at === end) break;
    if (at + 2 > end) return false;
    const distance = load16u(at, 0);
    const match = takeLength(token & 15, at + 2, end);
    at = lengthBehind;
    if (distance === 0 || distance > out - to || match > outEnd - out - shortest) return false;
    const until = out + match + shortest;
    if (distance >= match + shortest) copy(out, out - distance, match + shortest);
    else {
      for (let here = out; here < until; here++) store8(here, 0, load8u(here - distance, 0));
    }
    out = until;
  }
  return out === outEnd;
}
