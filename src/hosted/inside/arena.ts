import { arenaStart, guestBase } from "../layout.ts";
import { load32, store32, text } from "./machine.ts";
import { fail } from "./reader.ts";

// What is made for the module stays to the end: an address that only goes up.

/** The first free address; a multiple of 8 but while code is written. */
export let arenaTop: number = arenaStart;

/** Sets the first free address behind what was written there. */
export function setArenaTop(address: number): void {
  arenaTop = (address + 7) & -8;
}

/** Refuses the module where less than `bytes` are left behind `address`. */
export function needRoom(address: number, bytes: number): void {
  if (bytes < 0 || bytes > guestBase - address) {
    fail(text("the module is too large for this build of the host"));
  }
}

/** Gives `bytes` bytes, aligned to 8. They are zero: nothing is given twice. */
export function allocate(bytes: number): number {
  needRoom(arenaTop, bytes);
  const address = arenaTop;
  setArenaTop(address + bytes);
  return address;
}

/** Reads the `index`th of a list of 32-bit numbers. */
export function listAt(list: number, index: number): number {
  return load32(list + (index << 2), 0);
}

/** Sets the `index`th of a list of 32-bit numbers. */
export function setListAt(list: number, index: number, value: number): void {
  store32(list + (index << 2), 0, value);
}
