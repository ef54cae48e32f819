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

function outByte(byte: number): void {
  if (outputEnd >= output + outputBytes) flush();
  store8(outputEnd, 0, byte);
  outputEnd++;
}

/** Writes bytes that are fewer than the buffer's. */
export function outBytes(from: number, bytes: number): void {
  if (outputEnd + bytes > output + outputBytes) flush();
  copy(outputEnd, from, bytes);
  outputEnd += bytes;
}

/** Writes a text. */
export function outText(content: number): void {
  outBytes(content + 2, load16u(content, 0));
}

/** Where digits are put together, from the last one on. */
const digitsEnd = answer + 128;

/** Writes a number without a sign, in digits of this base. */
export function outDigits(value: bigint, base: number): void {
  let rest = value;
  let at = digitsEnd;
  while (rest !== 0n || at === digitsEnd) {
    const above = divideU(rest, extendU(base));
    const digit = wrap(rest - above * extendU(base));
    at--;
    store8(at, 0, digit < 10 ? 48 + digit : 87 + digit);
    rest = above;
  }
  outBytes(at, digitsEnd - at);
}

/** Writes a number that fits into 32 bits, without a sign. */
export function outNumber(value: number): void {
  outDigits(extendU(value), 10);
}

/** Writes a number with its sign. */
export function outSigned(value: bigint): void {
  if (value < 0n) {
    outByte(45);
    outDigits(0n - value, 10);
  } else outDigits(value, 10);
}

/** Writes a number as 0x…. */
export function outHex(value: number): void {
  outByte(48);
  outByte(120);
  outDigits(extendU(value), 16);
}
