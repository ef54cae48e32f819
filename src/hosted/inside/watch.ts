import { operandsStart } from "../layout.ts";
import { here } from "./emit.ts";
import { copy } from "./machine.ts";
import { top } from "./operands.ts";
import { position } from "./reader.ts";

// Where operands are at a point of a function is known only while it is translated. So it is translated again, with a
// watch set for that point, by its address or by its position in the module.

/** Kinds of points: what something jumps to, and what is behind a call. */
export const atLabel = 1;
export const atCall = 2;

let watchKind = 0;
let watchesPosition = false;
let watchFor = 0;
let watchTo = 0;
/** The address in the code, the position in the module, and the bytes of operands; an address of 0 is none. */
export let noticedAddress = 0;
export let noticedPosition = 0;
export let noticedBytes = 0;

/** Sets a watch for an address or a position; the operands' records there will be copied to `to`. */
export function setWatch(kind: number, byPosition: boolean, point: number, to: number): void {
  watchKind = kind;
  watchesPosition = byPosition;
  watchFor = point;
  watchTo = to;
  noticedAddress = 0;
}

/** Ends the watch. */
export function endWatch(): void {
  watchKind = 0;
}

/** Tells that something may jump to what follows. Of several such points at an address the last is taken. */
export function noteLabel(): void {
  if (watchKind === atLabel) note();
}

/** Tells that a call was written, whose arguments are off the operand stack. */
export function noteCall(): void {
  if (watchKind === atCall) note();
}

function note(): void {
  if ((watchesPosition ? position : here) !== watchFor) return;
  noticedAddress = here;
  noticedPosition = position;
  noticedBytes = top - operandsStart;
  copy(watchTo, operandsStart, noticedBytes);
}
