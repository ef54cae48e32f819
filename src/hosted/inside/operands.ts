import { mostFrameBytes, operandsEnd, operandsStart } from "../layout.ts";
import { load32, store32, store64, text } from "./machine.ts";
import { fail } from "./reader.ts";
import { bytesOf } from "./types.ts";

// The operand stack while a function is translated. Each operand has a slot of its own in the frame, which follows
// from the types below it: that is where it lies in the canonical state. But as long as nothing forces it there, it
// may be a local that was not copied, or a constant.

/** Offsets in an operand. */
export const operand = { kind: 0, type: 4, slot: 8, source: 12, bits: 16, size: 24 };
/** Kinds of operands: in their own slot; in the slot `source` of a local; a constant of `bits`. */
export const temporary = 0;
export const fromLocal = 1;
export const constant = 2;

/** Address behind the topmost operand. */
export let top: number = operandsStart;
/** The next operand's slot, and the end of the highest one that was used. */
export let height = 0;
export let highest = 0;
/** Operands below are no locals. */
let settled = operandsStart;

export function startOperands(firstSlot: number): void {
  top = operandsStart;
  settled = operandsStart;
  height = firstSlot;
  highest = firstSlot;
}

function push(kind: number, type: number): number {
  if (top + operand.size > operandsEnd) fail(text("too many operands"));
  const made = top;
  store32(made, operand.kind, kind);
  store32(made, operand.type, type);
  store32(made, operand.slot, height);
  store32(made, operand.source, height);
  top += operand.size;
  height += bytesOf(type);
  if (height > highest) highest = height;
  if (height > mostFrameBytes) fail(text("a function whose frame is too large"));
  return made;
}

export function pushTemporary(type: number): void {
  push(temporary, type);
}

export function pushLocal(type: number, slot: number): void {
  store32(push(fromLocal, type), operand.source, slot);
}

export function pushConstant(type: number, bits: bigint): void {
  store64(push(constant, type), operand.bits, bits);
}

/** Takes the topmost operand; its record stays until the next push. `floor` is where the block's operands begin. */
export function popAny(floor: number): number {
  if (top <= floor) fail(text("type mismatch: no operand"));
  top -= operand.size;
  if (settled > top) settled = top;
  height = load32(top, operand.slot);
  return top;
}

/** Takes the topmost operand, which must have this type. */
export function popTyped(type: number, floor: number): number {
  const taken = popAny(floor);
  if (load32(taken, operand.type) !== type) fail(text("type mismatch"));
  return taken;
}

/** Forgets all operands above this address. */
export function cutTo(address: number, slot: number): void {
  top = address;
  height = slot;
  if (settled > top) settled = top;
}

export function kindOf(taken: number): number {
  return load32(taken, operand.kind);
}

/** Tells where operands begin that may be locals. */
export function unsettled(): number {
  return settled;
}

export function settle(): void {
  settled = top;
}
