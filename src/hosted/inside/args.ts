import { allocate } from "./arena.ts";
import { load32, load8u } from "./machine.ts";
import { answer } from "./pointers.ts";
import { args_get, args_sizes_get } from "./wasi-imports.ts";

// Arguments: options of the runtime's own, then the guest's path, then the guest's arguments.

/** How many arguments there are, the host module's name among them. */
export let argCount = 0;
/** Which one names the guest. */
export let guestArg = 1;
let argPointers = 0;
/** What the guest's first argument is instead of its path, or 0. */
let guestName = 0;

/** Gives the address of an argument, which ends with a 0. */
export function argAt(index: number): number {
  if (index === guestArg && guestName !== 0) return guestName;
  return load32(argPointers + index * 4, 0);
}

/** Gives the address of the argument where the guest's file is. */
export function guestPath(): number {
  return load32(argPointers + guestArg * 4, 0);
}

/** Counts the bytes in front of a 0. */
export function lengthAt(content: number): number {
  let bytes = 0;
  while (load8u(content + bytes, 0) !== 0) bytes++;
  return bytes;
}

/** Reads all arguments from the host. */
export function readArguments(): void {
  args_sizes_get(answer, answer + 4);
  const bytes = load32(answer, 4);
  argCount = load32(answer, 0);
  argPointers = allocate(argCount * 4 + 4);
  args_get(argPointers, allocate(bytes));
}

/** Says which argument names the guest. */
export function setGuestArg(index: number): void {
  guestArg = index;
}

/** Says what the guest takes for its own name. */
export function setGuestName(content: number): void {
  guestName = content;
}
