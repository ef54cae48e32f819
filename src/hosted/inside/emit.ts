import { compareBase, compareCount, op } from "../interpreter/operations.ts";
import { slotBytes } from "../layout.ts";
import { needRoom } from "./arena.ts";
import { load16u, load32, load64, store16, store32, store64, wrap } from "./machine.ts";
import {
  constant,
  fromLocal,
  kindOf,
  operand,
  settle,
  temporary,
  top,
  unsettled,
} from "./operands.ts";
import { f64, i64, isRefType, v128 } from "./types.ts";

// Writes register code; `interpreter/handlers.ts` has the layout of instructions.

/** Where the next instruction goes. */
export let here = 0;
/** The last instruction, or 0 if something may jump behind it. */
export let last = 0;
/** The one in front of it, under the same condition. */
let before = 0;
/** Whether the last instruction's result, in the slot that it names at offset 2, may as well go elsewhere. */
let lastMoves = false;

/** Offset of the function's header in its frame. */
export let headerSlot = 0;

export function setHeaderSlot(slot: number): void {
  headerSlot = slot;
}

export function startCode(address: number): void {
  here = address;
  label();
}

/** Tells that what follows can be reached from elsewhere. */
export function label(): void {
  last = 0;
  before = 0;
  lastMoves = false;
}

/** Begins an instruction of `size` bytes. */
export function begin(operation: number, size: number): number {
  needRoom(here, size + 64);
  before = last;
  last = here;
  lastMoves = false;
  store16(here, 0, operation);
  here += size;
  return last;
}

/** Takes the last instruction back. */
export function takeBack(): void {
  here = last;
  last = before;
  before = 0;
  lastMoves = false;
}

/** Says that the last instruction's result must stay where it now goes. */
export function pinLast(): void {
  lastMoves = false;
}

/** Makes the last instruction another one that is `bytes` longer; gives the address of what is new. */
export function extendLast(operation: number, bytes: number): number {
  needRoom(here, bytes + 64);
  store16(last, 0, operation);
  const added = here;
  here += bytes;
  lastMoves = false;
  return added;
}

/** Tells whether an operand is the result of the last instruction, and nothing else. */
export function isLastResult(taken: number): boolean {
  if (last === 0 || !lastMoves || kindOf(taken) !== temporary) return false;
  return load16u(last, 2) === load32(taken, operand.source);
}

/** Marks the instruction just written as one whose result may go elsewhere. */
export function movable(): void {
  lastMoves = true;
}

function isShort(type: number): boolean {
  return type !== i64 && type !== f64;
}

/** Copies a value between slots. */
function emitCopy(type: number, to: number, from: number): void {
  const operation = type === v128 ? op.copy128 : isShort(type) ? op.copy32 : op.copy64;
  const at = begin(operation, 6);
  store16(at, 2, to);
  store16(at, 4, from);
}

/** Puts a constant into a slot. */
function emitConstant(type: number, to: number, bits: bigint): void {
  if (isShort(type)) {
    const at = begin(op.const32, 8);
    store16(at, 2, to);
    store32(at, 4, wrap(bits));
  } else {
    const at = begin(op.const64, 12);
    store16(at, 2, to);
    store64(at, 4, bits);
  }
}

/** Puts an operand into a slot. */
export function emitInto(slot: number, taken: number): void {
  const type = load32(taken, operand.type);
  const kind = kindOf(taken);
  if (kind === constant) emitConstant(type, slot, load64(taken, operand.bits));
  else if (load32(taken, operand.source) !== slot) {
    emitCopy(type, slot, load32(taken, operand.source));
  }
}

/** Puts an operand into its own slot. */
function materialize(taken: number): void {
  const kind = kindOf(taken);
  if (kind === temporary) return;
  const slot = load32(taken, operand.slot);
  emitInto(slot, taken);
  store32(taken, operand.kind, temporary);
  store32(taken, operand.source, slot);
}

/** Gives the slot where an operand can be read; a constant is put into its own. */
export function slotOf(taken: number): number {
  if (kindOf(taken) === constant) materialize(taken);
  return load32(taken, operand.source);
}

/** Puts the operands from `from` on into their own slots. */
export function materializeFrom(from: number): void {
  for (let taken = from; taken < top; taken += operand.size) materialize(taken);
}

/** Makes sure that no operand is a local: what follows may change them on one way and not on another. */
export function flushLocals(): void {
  for (let taken = unsettled(); taken < top; taken += operand.size) {
    if (kindOf(taken) === fromLocal) materialize(taken);
  }
  settle();
}

/** Saves operands that are this local from its next value; tells whether there were any. */
export function preserve(slot: number): boolean {
  let found = false;
  for (let taken = unsettled(); taken < top; taken += operand.size) {
    if (kindOf(taken) === fromLocal && load32(taken, operand.source) === slot) {
      materialize(taken);
      found = true;
    }
  }
  return found;
}

/** Tells whether a constant fits into an instruction: 64-bit integers are there as 32 bits with a sign. */
export function fits(taken: number): boolean {
  const type = load32(taken, operand.type);
  if (type === v128 || isRefType(type)) return false;
  if (type !== i64) return true;
  const bits = load64(taken, operand.bits);
  return (bits << 32n) >> 32n === bits;
}

/** Gives the bytes of a constant in an instruction. */
export function constantBytes(type: number): number {
  return type === f64 ? slotBytes : 4;
}

/** Writes a constant into an instruction. */
export function putConstant(at: number, type: number, bits: bigint): void {
  if (type === f64) store64(at, 0, bits);
  else store32(at, 0, wrap(bits));
}

/** Tells whether an operation compares. */
export function isCompare(operation: number): boolean {
  return operation >= compareBase && operation < compareBase + 2 * compareCount;
}
