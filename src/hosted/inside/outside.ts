import { op } from "../interpreter/operations.ts";
import { func, guestBase, header, pageLog2, segment, table } from "../layout.ts";
import { allocate } from "./arena.ts";
import {
  copy,
  fill,
  geu,
  getFp,
  getPc,
  gtu,
  load16u,
  load32,
  load64,
  memoryGrow,
  memorySize,
  runVectors,
  setPc,
  store32,
  store64,
  trapMemory,
  trapNoFunction,
  trapTableIndex,
  trapUnreachable,
} from "./machine.ts";
import { memoryMax } from "./module.ts";

// What the interpreter's function leaves to others. `pc` is at the instruction, and moves behind it.

/** Reads a slot that the instruction names at `offset` (2, 4, 6, …). */
function slotAddress(pc: number, offset: number): number {
  return getFp() + load16u(pc + offset, 0);
}

function value(pc: number, offset: number): number {
  return load32(slotAddress(pc, offset), 0);
}

function setValue(pc: number, offset: number, result: number): void {
  store32(slotAddress(pc, offset), 0, result);
}

/** Tells whether `from` and `count`, without signs, lie within `size`. */
function isWithin(from: number, count: number, size: number): boolean {
  return !gtu(count, size) && !gtu(from, size - count);
}

function guestPages(): number {
  return memorySize() - (guestBase >>> pageLog2);
}

// 65536 pages have more bytes than 32 bits count; the guest has fewer, since we have some, too.
function guestBytes(): number {
  return guestPages() << pageLog2;
}

/** Grows the guest's memory; gives the old size in pages, or -1. */
export function growMemory(pages: number): number {
  const before = guestPages();
  if (gtu(pages, 65536) || before + pages > memoryMax) return -1;
  return memoryGrow(pages) === -1 ? -1 : before;
}

/** Copies from a data segment into the guest's memory, or traps. */
export function initMemory(record: number, to: number, from: number, count: number): void {
  if (!isWithin(from, count, load32(record, segment.length))) trapMemory();
  if (!isWithin(to, count, guestBytes())) trapMemory();
  copy(guestBase + to, load32(record, segment.start) + from, count);
}

/** Copies from an element segment into a table, or traps. */
export function initTable(
  target: number,
  record: number,
  to: number,
  from: number,
  count: number,
): void {
  if (!isWithin(from, count, load32(record, segment.length))) trapTableIndex();
  if (!isWithin(to, count, load32(target, table.size))) trapTableIndex();
  const elements = load32(target, table.elements);
  copy(elements + (to << 2), load32(record, segment.start) + (from << 2), count << 2);
}

export function dropSegment(record: number): void {
  store32(record, segment.length, 0);
}

function elementAddress(record: number, index: number): number {
  if (geu(index, load32(record, table.size))) trapTableIndex();
  return load32(record, table.elements) + (index << 2);
}

function fillTable(record: number, from: number, reference: number, count: number): void {
  if (!isWithin(from, count, load32(record, table.size))) trapTableIndex();
  const elements = load32(record, table.elements);
  for (let index = 0; index < count; index++) {
    store32(elements + ((from + index) << 2), 0, reference);
  }
}

const mostElements = 10000000;

/** Grows a table; gives the old size, or -1. */
export function growTable(record: number, reference: number, count: number): number {
  const before = load32(record, table.size);
  const after = before + count;
  if (gtu(count, mostElements) || gtu(after, load32(record, table.max))) return -1;
  if (after > mostElements) return -1;
  if (after > load32(record, table.capacity)) {
    const capacity = after + (after >> 1);
    const elements = allocate(capacity << 2);
    copy(elements, load32(record, table.elements), before << 2);
    store32(record, table.elements, elements);
    store32(record, table.capacity, capacity);
  }
  store32(record, table.size, after);
  fillTable(record, before, reference, count);
  return before;
}

function copyTable(target: number, source: number, to: number, from: number, count: number): void {
  if (!isWithin(from, count, load32(source, table.size))) trapTableIndex();
  if (!isWithin(to, count, load32(target, table.size))) trapTableIndex();
  copy(
    load32(target, table.elements) + (to << 2),
    load32(source, table.elements) + (from << 2),
    count << 2,
  );
}

/** Says why an indirect call could not be made, in the engine's own words. */
export function trapIndirect(pc: number): never {
  const isTail = load16u(pc, 0) === op.return_call_indirect;
  const record = isTail ? load32(pc, 10) : load32(pc, 4);
  if (geu(value(pc, 2), load32(record, table.size))) trapTableIndex();
  trapNoFunction();
}

function copy128(to: number, from: number): void {
  const low = load64(from, 0);
  const high = load64(from, 8);
  store64(to, 0, low);
  store64(to, 8, high);
}

/** Where the frame of a tail call's caller says that its own caller goes on. */
export let tailReturn = 0;
/** The function that a tail call calls. */
export let tailFunction = 0;

// The arguments go where the caller's were; its header is read first, since they may be longer.
function startTail(record: number, from: number, bytes: number, headerAt: number): void {
  const fp = getFp();
  tailReturn = load32(fp + headerAt, header.returnTo);
  tailFunction = record;
  copy(fp, fp + from, bytes);
}

function startTailIndirect(pc: number): void {
  const record = load32(pc, 10);
  const index = value(pc, 2);
  if (geu(index, load32(record, table.size))) trapTableIndex();
  const callee = load32(load32(record, table.elements) + (index << 2), 0);
  if (load32(callee, func.typeId) !== load32(pc, 14)) trapNoFunction();
  startTail(callee, load16u(pc, 4), load16u(pc, 6), load16u(pc, 8));
}

/** Does the operation at `pc` and goes behind it; a tail call is only prepared: see `tailFunction`. */
export function doOutside(operation: number): void {
  const pc = getPc();
  let size = 8;
  tailFunction = 0;
  switch (operation) {
    case op.unreachable:
      trapUnreachable();
      break;
    case op.memory_grow:
      setValue(pc, 2, growMemory(value(pc, 4)));
      size = 6;
      break;
    case op.memory_init:
      initMemory(load32(pc, 8), value(pc, 2), value(pc, 4), value(pc, 6));
      size = 12;
      break;
    case op.data_drop:
    case op.elem_drop:
      dropSegment(load32(pc, 2));
      size = 6;
      break;
    case op.memory_copy: {
      const count = value(pc, 6);
      const bytes = guestBytes();
      if (!isWithin(value(pc, 2), count, bytes)) trapMemory();
      if (!isWithin(value(pc, 4), count, bytes)) trapMemory();
      copy(guestBase + value(pc, 2), guestBase + value(pc, 4), count);
      break;
    }
    case op.memory_fill:
      if (!isWithin(value(pc, 2), value(pc, 6), guestBytes())) trapMemory();
      fill(guestBase + value(pc, 2), value(pc, 4), value(pc, 6));
      break;
    case op.table_get: {
      const address = elementAddress(load32(pc, 6), value(pc, 4));
      setValue(pc, 2, load32(address, 0));
      size = 10;
      break;
    }
    case op.table_set:
      store32(elementAddress(load32(pc, 6), value(pc, 2)), 0, value(pc, 4));
      size = 10;
      break;
    case op.table_size:
      setValue(pc, 2, load32(load32(pc, 4), table.size));
      break;
    case op.table_grow:
      setValue(pc, 2, growTable(load32(pc, 8), value(pc, 4), value(pc, 6)));
      size = 12;
      break;
    case op.table_fill:
      fillTable(load32(pc, 8), value(pc, 2), value(pc, 4), value(pc, 6));
      size = 12;
      break;
    case op.table_copy:
      copyTable(load32(pc, 8), load32(pc, 12), value(pc, 2), value(pc, 4), value(pc, 6));
      size = 16;
      break;
    case op.table_init:
      initTable(load32(pc, 8), load32(pc, 12), value(pc, 2), value(pc, 4), value(pc, 6));
      size = 16;
      break;
    case op.return_call:
      startTail(load32(pc, 2), load16u(pc, 6), load16u(pc, 8), load16u(pc, 10));
      break;
    case op.return_call_indirect:
      startTailIndirect(pc);
      break;
    case op.copy128:
      copy128(slotAddress(pc, 2), slotAddress(pc, 4));
      size = 6;
      break;
    case op.const128:
      copy128(slotAddress(pc, 2), pc + 4);
      size = 20;
      break;
    case op.select128:
      copy128(slotAddress(pc, 2), slotAddress(pc, value(pc, 8) !== 0 ? 4 : 6));
      size = 10;
      break;
    case op.global_get128:
      copy128(slotAddress(pc, 2), load32(pc, 4));
      break;
    case op.global_set128:
      copy128(load32(pc, 4), slotAddress(pc, 2));
      break;
    case op.vector:
      setPc(runVectors(pc, getFp()));
      return;
    default:
      trapUnreachable();
  }
  setPc(pc + size);
}
