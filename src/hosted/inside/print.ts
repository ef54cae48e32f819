import { argAt, argCount, guestArg, lengthAt } from "./args.ts";
import { load16u, store32, store8, text, trapUnreachable, wrap } from "./machine.ts";
import { answer } from "./pointers.ts";
import { fd_write, proc_exit } from "./wasi-imports.ts";

// What the runtime itself says, on standard error.

/** The exit code of failures of our own, as `env` and `timeout` have it. */
const ownFailure = 125;

/** The file that messages are about, or 0: then it is the guest. */
let subject = 0;

/** Says which file messages are about. */
export function setSubject(path: number): void {
  subject = path;
}

/** Prints bytes. */
export function print(from: number, bytes: number): void {
  store32(answer, 0, from);
  store32(answer, 4, bytes);
  fd_write(2, answer, 1, answer + 8);
}

/** Prints a text. */
export function printText(message: number): void {
  print(message + 2, load16u(message, 0));
}

/** Prints what stands in front of a message: our own name, and that of the file in question. */
export function printSubject(): void {
  printText(text("wasmscope-host: "));
  const name = subject !== 0 || guestArg >= argCount ? subject : argAt(guestArg);
  if (name !== 0) {
    print(name, lengthAt(name));
    printText(text(": "));
  }
}

/** Ends a message, and the program. */
export function endRefused(): never {
  printText(text("\n"));
  proc_exit(ownFailure);
  trapUnreachable();
}

/** Says what is wrong with the module, and ends. */
export function refuse(message: number, bytes: number): never {
  printSubject();
  print(message, bytes);
  endRefused();
}

/** Prints a number without a sign. */
export function printCount(value: bigint): void {
  if (value >= 10n) printCount(value / 10n);
  store8(answer + 16, 0, 48 + wrap(value % 10n));
  print(answer + 16, 1);
}

/** Says what is wrong with the module in a text, and ends. */
export function refuseText(message: number): never {
  refuse(message + 2, load16u(message, 0));
}
