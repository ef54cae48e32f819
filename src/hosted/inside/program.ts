import { guestBase } from "../layout.ts";
import { allocate, arenaTop, needRoom, setArenaTop } from "./arena.ts";
import { argAt, argCount, guestArg, lengthAt } from "./args.ts";
import { copy, load32, store32, store8 } from "./machine.ts";
import { answer, guestPointer } from "./pointers.ts";
import { environ_get, environ_sizes_get } from "./wasi-imports.ts";

// The guest's arguments and environment, which are those of the process at first and the state's later on. Each list
// is texts behind one another, each with a zero byte.

const done = 0;

export let argsAt = 0;
export let argsBytes = 0;
export let programArgCount = 0;
export let environmentAt = 0;
export let environmentBytes = 0;
export let environmentCount = 0;

// Puts a text and a zero byte at `to`, which is the end of what lies last in the arena.
function append(to: number, from: number, bytes: number): void {
  needRoom(to, bytes + 8);
  copy(to, from, bytes);
  store8(to + bytes, 0, 0);
  setArenaTop(to + bytes + 1);
}

/** Adds an argument of the guest's; nothing else may be allocated between two of them. */
export function addArgument(from: number, bytes: number): void {
  if (programArgCount === 0) argsAt = arenaTop;
  append(argsAt + argsBytes, from, bytes);
  argsBytes += bytes + 1;
  programArgCount++;
}

/** Adds a variable as `addArgument` does. */
export function addVariable(from: number, bytes: number): void {
  if (environmentCount === 0) environmentAt = arenaTop;
  append(environmentAt + environmentBytes, from, bytes);
  environmentBytes += bytes + 1;
  environmentCount++;
}

/** Lets the guest have the process's environment, and its arguments behind the options. */
export function takeProgram(): void {
  for (let index = guestArg; index < argCount; index++) {
    addArgument(argAt(index), lengthAt(argAt(index)));
  }
  if (environ_sizes_get(answer, answer + 4) !== 0) return;
  const count = load32(answer, 0);
  const bytes = load32(answer, 4);
  const list = allocate(count * 4 + 4);
  if (environ_get(list, allocate(bytes)) !== 0) return;
  for (let index = 0; index < count; index++) {
    const variable = load32(list + index * 4, 0);
    addVariable(variable, lengthAt(variable));
  }
}

function answerSizes(slots: number, count: number, bytes: number): number {
  store32(guestPointer(load32(slots, 0)), 0, count);
  store32(guestPointer(load32(slots, 8)), 0, bytes);
  return done;
}

function answerTexts(slots: number, from: number, count: number, bytes: number): number {
  const pointers = guestPointer(load32(slots, 0));
  const to = guestPointer(load32(slots, 8));
  copy(to, from, bytes);
  let at = to;
  for (let index = 0; index < count; index++) {
    store32(pointers + index * 4, 0, at - guestBase);
    at += lengthAt(at) + 1;
  }
  return done;
}

export function own_args_sizes_get(slots: number): number {
  return answerSizes(slots, programArgCount, argsBytes);
}

export function own_args_get(slots: number): number {
  return answerTexts(slots, argsAt, programArgCount, argsBytes);
}

export function own_environ_sizes_get(slots: number): number {
  return answerSizes(slots, environmentCount, environmentBytes);
}

export function own_environ_get(slots: number): number {
  return answerTexts(slots, environmentAt, environmentCount, environmentBytes);
}
