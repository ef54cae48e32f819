import { argAt, argCount, guestArg, lengthAt } from "./args.ts";
import { load16u, store32, text, trapUnreachable } from "./machine.ts";
import { answer } from "./pointers.ts";
import { fd_write, proc_exit } from "./wasi-imports.ts";

// What the runtime itself says, on standard error.

/** The exit code of failures of our own, as `env` and `timeout` have it. */
const ownFailure = 125;

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

/** Says what is wrong with the module, and ends. */
export function refuse(message: number, bytes: number): never {
  printText(text("wasmscope-host: "));
  if (guestArg < argCount) {
    print(argAt(guestArg), lengthAt(argAt(guestArg)));
    printText(text(": "));
  }
  print(message, bytes);
  printText(text("\n"));
  proc_exit(ownFailure);
  trapUnreachable();
}

/** Says what is wrong with the module in a text, and ends. */
export function refuseText(message: number): never {
  refuse(message + 2, load16u(message, 0));
}
