import { sha256Start } from "../layout.ts";
import { allocate } from "./arena.ts";
import {
  copy,
  extendU,
  fill,
  load32,
  load8u,
  shiftRight64,
  store32,
  store8,
  wrap,
} from "./machine.ts";

// SHA-256 (FIPS 180-4), of a module: its constants are at `sha256Start`, then the first values.

const blockBytes = 64;
let schedule = 0;
let chain = 0;
let lastBlocks = 0;

function rotate(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

function bigEndian(at: number): number {
  return (load8u(at, 0) << 24) | (load8u(at, 1) << 16) | (load8u(at, 2) << 8) | load8u(at, 3);
}

function storeBigEndian(at: number, value: number): void {
  store8(at, 0, value >>> 24);
  store8(at, 1, value >>> 16);
  store8(at, 2, value >>> 8);
  store8(at, 3, value);
}

function spread(from: number): void {
  for (let index = 0; index < 16; index++) {
    store32(schedule + index * 4, 0, bigEndian(from + index * 4));
  }
  for (let index = 16; index < 64; index++) {
    const at = schedule + index * 4;
    const two = load32(at - 8, 0);
    const fifteen = load32(at - 60, 0);
    const s1 = rotate(two, 17) ^ rotate(two, 19) ^ (two >>> 10);
    const s0 = rotate(fifteen, 7) ^ rotate(fifteen, 18) ^ (fifteen >>> 3);
    store32(at, 0, s1 + load32(at - 28, 0) + s0 + load32(at - 64, 0));
  }
}

function mixBlock(from: number): void {
  spread(from);
  let a = load32(chain, 0);
  let b = load32(chain, 4);
  let c = load32(chain, 8);
  let d = load32(chain, 12);
  let e = load32(chain, 16);
  let f = load32(chain, 20);
  let g = load32(chain, 24);
  let h = load32(chain, 28);
  for (let at = 0; at < 256; at += 4) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const one = h + s1 + chosen + load32(sha256Start + at, 0) + load32(schedule + at, 0);
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const two = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  store32(chain, 0, load32(chain, 0) + a);
  store32(chain, 4, load32(chain, 4) + b);
  store32(chain, 8, load32(chain, 8) + c);
  store32(chain, 12, load32(chain, 12) + d);
  store32(chain, 16, load32(chain, 16) + e);
  store32(chain, 20, load32(chain, 20) + f);
  store32(chain, 24, load32(chain, 24) + g);
  store32(chain, 28, load32(chain, 28) + h);
}

/** Writes the 32 bytes of the hash of `bytes` bytes from `from` on. */
export function sha256(from: number, bytes: number, to: number): void {
  if (schedule === 0) {
    schedule = allocate(256);
    chain = allocate(32);
    lastBlocks = allocate(2 * blockBytes);
  }
  copy(chain, sha256Start + 256, 32);
  const whole = bytes & -blockBytes;
  for (let at = 0; at < whole; at += blockBytes) mixBlock(from + at);
  const left = bytes - whole;
  const end = left < 56 ? blockBytes : 2 * blockBytes;
  fill(lastBlocks, 0, end);
  copy(lastBlocks, from + whole, left);
  store8(lastBlocks + left, 0, 128);
  const bits = extendU(bytes) * 8n;
  storeBigEndian(lastBlocks + end - 8, wrap(shiftRight64(bits, 32n)));
  storeBigEndian(lastBlocks + end - 4, wrap(bits));
  mixBlock(lastBlocks);
  if (end > blockBytes) mixBlock(lastBlocks + blockBytes);
  for (let at = 0; at < 32; at += 4) storeBigEndian(to + at, load32(chain + at, 0));
}
