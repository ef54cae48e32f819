import { allocate } from "./arena.ts";
import { closeFile, writeAll } from "./files.ts";
import { copy, divideU, extendU, load16u, store8, wrap } from "./machine.ts";
import { answer } from "./pointers.ts";

// Writes text to a file, by way of a buffer.

const outputBytes = 32768;
let output = 0;
let outputEnd = 0;
let outputFd = 2;
let outputFailed = false;

/** Begins to write to a descriptor; what was written before must be finished. */
export function startOutput(fd: number): void {
  if (output === 0) output = allocate(outputBytes);
  outputEnd = output;
  outputFd = fd;
  outputFailed = false;
}

function flush(): void {
  if (!writeAll(outputFd, output, outputEnd - output)) outputFailed = true;
  outputEnd = output;
}

/** Writes what is left; closes what is no standard stream; tells whether all could be written. */
export function finishOutput(): boolean {
  flush();
  if (outputFd > 2) closeFile(outputFd);
  return !outputFailed;
}

function putByte(byte: number): void {
  if (outputEnd >= output + outputBytes) flush();
  store8(outputEnd, 0, byte);
  outputEnd++;
}

/** Writes bytes that are fewer than the buffer's. */
export function putBytes(from: number, bytes: number): void {
  if (outputEnd + bytes > output + outputBytes) flush();
  copy(outputEnd, from, bytes);
  outputEnd += bytes;
}

/** Writes a text. */
export function put(content: number): void {
  putBytes(content + 2, load16u(content, 0));
}

/** Where digits are put together, from the last one on. */
const digitsEnd = answer + 128;

/** Writes a number without a sign, in digits of this base. */
export function putDigits(value: bigint, base: number): void {
  let rest = value;
  let at = digitsEnd;
  while (rest !== 0n || at === digitsEnd) {
    const above = divideU(rest, extendU(base));
    const digit = wrap(rest - above * extendU(base));
    at--;
    store8(at, 0, digit < 10 ? 48 + digit : 87 + digit);
    rest = above;
  }
  putBytes(at, digitsEnd - at);
}

/** Writes a number that fits into 32 bits, without a sign. */
export function putNumber(value: number): void {
  putDigits(extendU(value), 10);
}

/** Writes a number with its sign. */
export function putSigned(value: bigint): void {
  if (value < 0n) {
    putByte(45);
    putDigits(0n - value, 10);
  } else putDigits(value, 10);
}

/** Writes a number as 0x…. */
export function putHex(value: number): void {
  putByte(48);
  putByte(120);
  putDigits(extendU(value), 16);
}
