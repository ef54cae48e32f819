import { scratchStart } from "../layout.ts";
import { copy, extendU, load16u, load8u, refuse, store8, text } from "./machine.ts";

// Reads the module's bytes; `position` and `readEnd` are addresses.

export let position = 0;
export let readEnd = 0;
/** Where the module's first byte lies, to tell offsets in it. */
export let moduleStart = 0;
export let moduleEnd = 0;

let messageEnd = 0;

function say(part: number): void {
  const bytes = load16u(part, 0);
  copy(messageEnd, part + 2, bytes);
  messageEnd += bytes;
}

function sayHex(value: number): void {
  let shift = 28;
  while (shift > 0 && value >>> shift === 0) shift -= 4;
  for (; shift >= 0; shift -= 4) {
    const digit = (value >>> shift) & 15;
    store8(messageEnd, 0, digit < 10 ? 48 + digit : 87 + digit);
    messageEnd++;
  }
}

/** Refuses the module: `what` is a text. */
export function fail(what: number): never {
  messageEnd = scratchStart;
  say(what);
  say(text(" (at offset 0x"));
  sayHex(position - moduleStart);
  say(text(")"));
  refuse(scratchStart, messageEnd - scratchStart);
}

export function setReader(from: number, to: number): void {
  position = from;
  readEnd = to;
}

export function setPosition(to: number): void {
  position = to;
}

export function setModule(from: number, to: number): void {
  moduleStart = from;
  moduleEnd = to;
  setReader(from, to);
}

export function readByte(): number {
  if (position >= readEnd) fail(text("unexpected end"));
  const value = load8u(position, 0);
  position++;
  return value;
}

export function skipBytes(count: number): void {
  if (count < 0 || count > readEnd - position) fail(text("unexpected end"));
  position += count;
}

export function readU32(): number {
  let result = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = readByte();
    if (shift === 28 && byte > 15) fail(text("integer too large"));
    result |= (byte & 127) << shift;
    if (byte < 128) return result;
  }
  return fail(text("integer representation too long"));
}

/** Reads a count of things that take at least a byte each. */
export function readCount(): number {
  const count = readU32();
  if (count < 0 || count > readEnd - position) fail(text("length out of bounds"));
  return count;
}

export function readS32(): number {
  let result = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = readByte();
    result |= (byte & 127) << shift;
    if (byte < 128) {
      if (shift < 28 && (byte & 64) !== 0) result |= -1 << (shift + 7);
      return result;
    }
  }
  return fail(text("integer representation too long"));
}

export function readS64(): bigint {
  let result = 0n;
  let shift = 0n;
  while (shift < 70n) {
    const byte = readByte();
    result |= extendU(byte & 127) << shift;
    shift += 7n;
    if (byte < 128) {
      if (shift < 64n && (byte & 64) !== 0) result |= -1n << shift;
      return result;
    }
  }
  return fail(text("integer representation too long"));
}
