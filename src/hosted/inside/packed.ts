import { arenaStart, func, global, guestBase } from "../layout.ts";
import { setArenaTop } from "./arena.ts";
import { forgetActivations, instantiate, invoke, load, stackTop } from "./driver.ts";
import { load32, load64, setFuel, store64, trapMemory, trapUnreachable } from "./machine.ts";
import { functionAt, globalAt } from "./module.ts";

// For a build with one guest inside, whose imports and exports are the guest's own.

/** Gives the number of an import, which is its place. */
export function findHost(
  _module: number,
  _moduleBytes: number,
  _name: number,
  _nameBytes: number,
  ordinal: number,
): number {
  return ordinal;
}

export function refuse(_message: number, bytes: number): never {
  // Refused is refused: a message needs someone to hear it.
  if (bytes > guestBase) trapMemory();
  trapUnreachable();
}

/** Nobody controls this build from outside. */
export function lookUp(): void {
  setFuel(1000000);
}

/** Reads the guest, which is there from the start. */
export function loadPacked(bytes: number): void {
  setArenaTop(arenaStart + bytes);
  load(arenaStart, arenaStart + bytes);
}

/** Gives an imported global its value. */
export function importGlobal(index: number, low: bigint, high: bigint): void {
  const record = globalAt(index);
  store64(record, global.value, low);
  store64(record, global.value + 8, high);
}

export function instantiatePacked(): void {
  instantiate();
}

/** Where the arguments of a call from outside go. */
export function entryBase(): number {
  return stackTop;
}

export function invokeIndex(index: number, base: number): void {
  invoke(functionAt(index), base);
}

/** Gives a half of a global's value. */
export function globalHalf(index: number, offset: number): bigint {
  return load64(globalAt(index) + offset, global.value);
}

/** Makes ready again after a trap. */
export function reset(): void {
  forgetActivations();
}

/** Gives the index of the function to which a reference that is not null points. */
export function referencedIndex(reference: number): number {
  return load32(reference, func.index);
}
