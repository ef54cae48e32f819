import { scratchStart } from "../layout.ts";
import { copy, extendU, load16u, store8, text, trapUnreachable, wrap } from "./machine.ts";
import { lengthAt, writeFully } from "./own-files.ts";
import { proc_exit } from "./wasi-imports.ts";

// What the runtime itself says, on stderr.

/** The exit code of failures of our own, as `env` and `timeout` have it. */
const ownFailure = 125;
/** Messages are put together behind what `fail` puts together. */
const messageStart = scratchStart + 0x9000;
const mostMessageBytes = 0x4000;

let sayingEnd = messageStart;
/** The file in question, or 0. */
let subject = 0;

export function setSubject(path: number): void {
  subject = path;
}

function addBytes(from: number, bytes: number): void {
  let count = bytes;
  if (sayingEnd + count > messageStart + mostMessageBytes) {
    count = messageStart + mostMessageBytes - sayingEnd;
  }
  copy(sayingEnd, from, count);
  sayingEnd += count;
}

export function addText(message: number): void {
  addBytes(message + 2, load16u(message, 0));
}

export function addPath(from: number, bytes: number): void {
  addBytes(from, bytes);
}

/** Adds a number that is not negative, in decimal digits. */
export function addNumber(value: bigint): void {
  let scale = 1n;
  while (value / scale >= 10n) scale *= 10n;
  for (; scale > 0n; scale = scale / 10n) {
    if (sayingEnd < messageStart + mostMessageBytes) {
      store8(sayingEnd, 0, 48 + wrap((value / scale) % 10n));
      sayingEnd++;
    }
  }
}

export function addCount(value: number): void {
  addNumber(extendU(value));
}

/** Begins a message about a file, or about nothing special. */
export function startMessage(): void {
  sayingEnd = messageStart;
  addText(text("wasmscope-host: "));
  if (subject === 0) return;
  addBytes(subject, lengthAt(subject));
  addText(text(": "));
}

/** Prints the message. */
export function printMessage(): void {
  addText(text("\n"));
  writeFully(2, messageStart, sayingEnd - messageStart);
}

/** Prints the message and ends. */
export function refuseSaid(): never {
  printMessage();
  proc_exit(ownFailure);
  trapUnreachable();
}

export function refuseText(message: number): never {
  startMessage();
  addText(message);
  refuseSaid();
}

/** Says what is wrong with the module, and ends. */
export function refuse(from: number, bytes: number): never {
  startMessage();
  addBytes(from, bytes);
  refuseSaid();
}
