import { compareBase, compareCount, loadsForBinary, op } from "../interpreter/operations.ts";
import {
  entry,
  func,
  funcType,
  global,
  header,
  immediates,
  localsEnd,
  localsStart,
  pairsStart,
  mostFrameBytes,
  prefixed,
  row,
  rowKind,
  rowsStart,
  segment,
  slotBytes,
  table,
} from "../layout.ts";
import { arenaTop, needRoom, setArenaTop } from "./arena.ts";
import {
  beginBlock,
  blockDepth,
  blockFloor,
  elseBlock,
  emitBranch,
  emitReturn,
  endBlock,
  functionType,
  isDead,
  setDead,
  startBlocks,
  translateBrIf,
  translateBrTable,
} from "./blocks.ts";
import {
  begin,
  constantBytes,
  emitInto,
  extendLast,
  fits,
  headerSlot,
  here,
  isCompare,
  isLastResult,
  last,
  movable,
  pinLast,
  preserve,
  putConstant,
  setHeaderSlot,
  slotOf,
  startCode,
  takeBack,
} from "./emit.ts";
import {
  extendU,
  fill,
  load16u,
  load32,
  load64,
  load8u,
  ltu,
  store16,
  store32,
  store64,
  text,
  wrap,
} from "./machine.ts";
import { dataAt, elementAt, functionAt, globalAt, hasMemory, tableAt } from "./module.ts";
import {
  constant,
  height,
  highest,
  kindOf,
  operand,
  popAny,
  popTyped,
  pushConstant,
  pushLocal,
  pushTemporary,
  startOperands,
  temporary,
  top,
} from "./operands.ts";
import {
  fail,
  position,
  readByte,
  readCount,
  readEnd,
  readS32,
  readS64,
  readU32,
  setReader,
  skipBytes,
} from "./reader.ts";
import {
  bytesOf,
  f32,
  f64,
  funcref,
  i32,
  i64,
  isRefType,
  readValueType,
  typeAt,
  v128,
} from "./types.ts";
import { noteCall, noteLabel } from "./watch.ts";

// From a function's body to register code, in one pass, with its types checked on the way.

/** Bytes of a local's record: its slot, its type. */
export const localBytes = 8;
export const localType = 4;

export let localCount = 0;
let localsHeight = 0;

function addLocal(type: number): void {
  const at = localsStart + localCount * localBytes;
  if (at + localBytes > localsEnd) fail(text("too many locals"));
  store32(at, 0, localsHeight);
  store32(at, localType, type);
  localCount++;
  localsHeight += bytesOf(type);
  if (localsHeight > mostFrameBytes) fail(text("a function whose frame is too large"));
}

function startLocals(type: number): void {
  localCount = 0;
  localsHeight = 0;
  const params = load32(type, funcType.paramCount);
  for (let index = 0; index < params; index++) addLocal(load8u(type + index, funcType.types));
  // Results are put where the parameters were, so the header is behind both.
  const resultBytes = load32(type, funcType.resultBytes);
  if (localsHeight < resultBytes) localsHeight = resultBytes;
  setHeaderSlot(localsHeight);
  localsHeight += slotBytes;
  for (let runs = readCount(); runs > 0; runs--) {
    const count = readU32();
    const runType = readValueType();
    for (let left = count; left !== 0; left--) addLocal(runType);
  }
}

/** Finds the places and types of a function's locals: records from `localsStart` on. */
export function findLocals(record: number): void {
  const back = position;
  const backEnd = readEnd;
  setReader(load32(record, func.bodyStart), load32(record, func.bodyEnd));
  startLocals(load32(record, func.typeId));
  setReader(back, backEnd);
}

/** Translates a function and lets its record point to the code. */
export function translate(record: number): void {
  store32(record, func.code, writeCode(record));
  setArenaTop(here);
}

/** Translates a function for what is noted on the way (see `watch.ts`), into memory that is still free. */
export function translateAgain(record: number): void {
  const code = writeCode(record);
  fill(code, 0, here - code);
}

function writeCode(record: number): number {
  const back = position;
  const backEnd = readEnd;
  const type = load32(record, func.typeId);
  setReader(load32(record, func.bodyStart), load32(record, func.bodyEnd));
  startLocals(type);
  const code = arenaTop;
  needRoom(code, 4096);
  store16(code, entry.header, headerSlot);
  store16(code, entry.zeroBytes, localsHeight - headerSlot - slotBytes);
  startCode(code + entry.size);
  startOperands(localsHeight);
  startBlocks(type);
  noteLabel();
  while (blockDepth > 0) {
    if (isDead) skipInstruction();
    else translateInstruction();
  }
  if (position !== readEnd) fail(text("operators behind the end of a function"));
  // What a call needs beyond its own frame, its header, may be behind the highest operand.
  store32(code, entry.frameBytes, highest + header.func + slotBytes);
  setReader(back, backEnd);
  return code;
}

let deadDepth = 0;

// Code that cannot be reached is read over.
function skipInstruction(): void {
  const code = readByte();
  if (code === 0x0b) {
    if (deadDepth === 0) endBlock();
    else deadDepth--;
    return;
  }
  if (code === 0x05 && deadDepth === 0) {
    elseBlock();
    return;
  }
  if (code === 0x02 || code === 0x03 || code === 0x04) deadDepth++;
  skipImmediates(load8u(rowOf(code), row.immediates));
}

function skipImmediates(shape: number): void {
  switch (shape) {
    case immediates.none:
      break;
    case immediates.one:
      readU32();
      break;
    case immediates.two:
      readU32();
      readU32();
      break;
    case immediates.memarg:
      readU32();
      readU32();
      break;
    case immediates.memargLane:
      readU32();
      readU32();
      readByte();
      break;
    case immediates.lane:
      readByte();
      break;
    case immediates.shuffle:
      skipBytes(16);
      break;
    case immediates.blocktype:
    case immediates.signed32:
      readS32();
      break;
    case immediates.signed64:
      readS64();
      break;
    case immediates.labels:
      for (let left = readCount() + 1; left > 0; left--) readU32();
      break;
    case immediates.f32:
      skipBytes(4);
      break;
    case immediates.f64:
      skipBytes(8);
      break;
    case immediates.valtypes:
      for (let left = readCount(); left > 0; left--) readValueType();
      break;
    default:
      fail(text("an instruction that is not supported"));
  }
}

function rowOf(code: number): number {
  let index = code;
  if (code === 0xfc || code === 0xfd) {
    const sub = readU32();
    const first = code === 0xfc ? prefixed.fc : prefixed.fd;
    const most = code === 0xfc ? prefixed.fd : prefixed.end;
    if (!ltu(sub, most - first)) fail(text("an instruction that is not supported"));
    index = first + sub;
  }
  return rowsStart + index * row.size;
}

function pop(type: number): number {
  return popTyped(type, blockFloor);
}

function translateInstruction(): void {
  const code = readByte();
  if (code === 0xfc || code === 0xfd) {
    const found = rowOf(code);
    const index = (found - rowsStart) / row.size;
    if (code === 0xfd) translateVector(found);
    else if (load8u(found, row.kind) === rowKind.unary) translateUnary(found);
    else translateBulk(index - prefixed.fc);
    return;
  }
  const found = rowsStart + code * row.size;
  switch (load8u(found, row.kind)) {
    case rowKind.unary:
      translateUnary(found);
      break;
    case rowKind.binary:
    case rowKind.compare:
      translateBinary(found);
      break;
    case rowKind.eqz:
      translateEqz(load8u(found, row.first));
      break;
    case rowKind.load:
      translateLoad(found);
      break;
    case rowKind.store:
      translateStore(found);
      break;
    case rowKind.retype:
      translateRetype(found);
      break;
    default:
      translateSpecial(code);
  }
}

/** Pushes the result of the instruction just written. */
function pushResult(type: number): void {
  pushTemporary(type);
  movable();
}

function translateUnary(found: number): void {
  const from = slotOf(pop(load8u(found, row.first)));
  const at = begin(load16u(found, row.slots), 6);
  store16(at, 2, height);
  store16(at, 4, from);
  pushResult(load8u(found, row.result));
}

// The bits stay where they are, so a local stays a local, and a constant a constant.
function translateRetype(found: number): void {
  const taken = pop(load8u(found, row.first));
  const to = load8u(found, row.result);
  const kind = kindOf(taken);
  const source = load32(taken, operand.source);
  if (kind === constant) pushConstant(to, load64(taken, operand.bits));
  else if (kind === temporary) pushTemporary(to);
  else pushLocal(to, source);
}

function emitShape(operation: number, slot: number, type: number, bits: bigint): void {
  const at = begin(operation, 6 + constantBytes(type));
  store16(at, 2, height);
  store16(at, 4, slot);
  putConstant(at + 6, type, bits);
}

function translateBinary(found: number): void {
  const type = load8u(found, row.first);
  const b = pop(load8u(found, row.second));
  const a = pop(type);
  const isConstant = kindOf(b) === constant && fits(b);
  if (isConstant) {
    emitShape(load16u(found, row.slotConstant), slotOf(a), type, load64(b, operand.bits));
  } else if (kindOf(a) === constant && fits(a)) {
    const swapped = load16u(found, row.swapped);
    const bits = load64(a, operand.bits);
    const other = slotOf(b);
    if (swapped !== 0) {
      const mirror = rowsStart + (swapped - 1) * row.size;
      emitShape(load16u(mirror, row.slotConstant), other, type, bits);
    } else emitShape(load16u(found, row.constantSlot), other, type, bits);
  } else if (!fuseBinary(found, type, a, b)) {
    const from = slotOf(a);
    const other = slotOf(b);
    const at = begin(load16u(found, row.slots), 8);
    store16(at, 2, height);
    store16(at, 4, from);
    store16(at, 6, other);
  }
  pushResult(load8u(found, row.result));
}

// What has used up the result of the last instruction may become one instruction with it.
function fuseBinary(found: number, type: number, a: number, b: number): boolean {
  if (kindOf(a) === constant || kindOf(b) === constant) return false;
  if (isLastResult(b)) {
    const operation = load16u(last, 0);
    const place = load8u(found, row.pairRight);
    if (place !== 0 && fusePair(operation, place, a)) return true;
    const withLoad = load16u(found, row.withLoad);
    if (withLoad === 0 || operation !== loadFor(type)) return false;
    const address = load16u(last, 4);
    takeBack();
    const at = begin(withLoad, 8);
    store16(at, 2, height);
    store16(at, 4, slotOf(a));
    store16(at, 6, address);
    return true;
  }
  if (!isLastResult(a)) return false;
  const place = load8u(found, row.pairLeft);
  return place !== 0 && fusePair(load16u(last, 0), place, b);
}

function fusePair(first: number, place: number, other: number): boolean {
  const pair = load16u(pairsStart + first * 2, 0);
  if (pair === 0) return false;
  store16(extendLast(pair + place - 1, 2), 0, slotOf(other));
  store16(last, 2, height);
  return true;
}

function loadFor(type: number): number {
  if (type === i32) return loadsForBinary.i32;
  if (type === i64) return loadsForBinary.i64;
  return type === f64 ? loadsForBinary.f64 : loadsForBinary.f32;
}

// Comparing with 0; of a comparison of integers, the opposite comparison.
function translateEqz(type: number): void {
  const taken = pop(type);
  if (type === i32 && isLastResult(taken)) {
    const operation = load16u(last, 0);
    const index = operation - compareBase;
    if (isCompare(operation) && index % compareCount < integerCompares) {
      store16(last, 0, (index ^ 1) + compareBase);
      pushResult(i32);
      return;
    }
  }
  const equals = type === i64 ? firstCompare64 : compareBase;
  emitShape(equals + compareCount, slotOf(taken), type, 0n);
  pushResult(i32);
}

/** Comparisons of i32, then those of i64, come first. */
const integerCompares = 20;
const firstCompare64 = compareBase + 10;

let accessOffset = 0;

function readMemarg(width: number): void {
  if (!hasMemory) fail(text("unknown memory"));
  const align = readU32();
  if (align < 0 || align > 31) fail(text("malformed memop flags (several memories?)"));
  if (1 << align > width) fail(text("alignment must not be larger than natural"));
  accessOffset = readU32();
}

// A constant address is added to the offset here, but where the sum is beyond all memory.
function isFixed(address: number): boolean {
  if (kindOf(address) !== constant) return false;
  const base = wrap(load64(address, operand.bits));
  return !ltu(base + accessOffset, base);
}

function fixedAddress(address: number): number {
  return wrap(load64(address, operand.bits)) + accessOffset;
}

function translateLoad(found: number): void {
  readMemarg(load16u(found, row.width));
  const operation = load16u(found, row.slots);
  const address = pop(i32);
  if (isFixed(address)) {
    const target = fixedAddress(address);
    const at = begin(operation + 2, 8);
    store16(at, 2, height);
    store32(at, 4, target);
  } else {
    const base = slotOf(address);
    const at = begin(accessOffset === 0 ? operation + 1 : operation, accessOffset === 0 ? 6 : 10);
    store16(at, 2, height);
    store16(at, 4, base);
    if (accessOffset !== 0) store32(at, 6, accessOffset);
  }
  pushResult(load8u(found, row.result));
}

function translateStore(found: number): void {
  readMemarg(load16u(found, row.width));
  const operation = load16u(found, row.slots);
  const type = load8u(found, row.second);
  const value = pop(type);
  const address = pop(i32);
  const isInteger = type === i32 || type === i64;
  if (isInteger && kindOf(value) === constant && fits(value)) {
    storeConstant(operation + 3, address, wrap(load64(value, operand.bits)));
    return;
  }
  const from = slotOf(value);
  if (isFixed(address)) {
    const at = begin(operation + 2, 8);
    store16(at, 2, from);
    store32(at, 4, fixedAddress(address));
    return;
  }
  const base = slotOf(address);
  const at = begin(accessOffset === 0 ? operation + 1 : operation, accessOffset === 0 ? 6 : 10);
  store16(at, 2, base);
  store16(at, 4, from);
  if (accessOffset !== 0) store32(at, 6, accessOffset);
}

function storeConstant(operation: number, address: number, value: number): void {
  if (isFixed(address)) {
    const at = begin(operation + 2, 10);
    store32(at, 2, fixedAddress(address));
    store32(at, 6, value);
    return;
  }
  const base = slotOf(address);
  if (accessOffset === 0) {
    const at = begin(operation + 1, 8);
    store16(at, 2, base);
    store32(at, 4, value);
    return;
  }
  const at = begin(operation, 12);
  store16(at, 2, base);
  store32(at, 4, accessOffset);
  store32(at, 8, value);
}

function localAt(index: number): number {
  if (!ltu(index, localCount)) fail(text("unknown local"));
  return localsStart + index * localBytes;
}

function translateSet(): void {
  const target = localAt(readU32());
  const slot = load32(target, 0);
  const taken = pop(load32(target, localType));
  // The operand is off the stack, so nothing can preserve it: it is only read here.
  const moved = isLastResult(taken);
  const instruction = last;
  if (preserve(slot)) emitInto(slot, taken);
  else if (moved) {
    store16(instruction, 2, slot);
    // A second `local.set` must not move it again.
    pinLast();
  } else emitInto(slot, taken);
}

function translateGlobalGet(): void {
  const record = globalAt(readU32());
  const type = load32(record, global.type);
  let operation = op.global_get32;
  if (type === i64 || type === f64) operation = op.global_get64;
  if (type === v128) operation = op.global_get128;
  const at = begin(operation, 8);
  store16(at, 2, height);
  store32(at, 4, record + global.value);
  pushResult(type);
}

function translateGlobalSet(): void {
  const record = globalAt(readU32());
  const type = load32(record, global.type);
  if (load32(record, global.mutable) === 0) fail(text("immutable global"));
  let operation = op.global_set32;
  if (type === i64 || type === f64) operation = op.global_set64;
  if (type === v128) operation = op.global_set128;
  const from = slotOf(pop(type));
  const at = begin(operation, 8);
  store16(at, 2, from);
  store32(at, 4, record + global.value);
}

/** Takes a call's arguments; they lie in their own slots, one behind the other, from the given slot on. */
function popArguments(type: number): number {
  const count = load32(type, funcType.paramCount);
  for (let index = count - 1; index >= 0; index--) pop(load8u(type + index, funcType.types));
  // Their records are still there, above the stack's end.
  for (let index = 0; index < count; index++) materializeTaken(top + index * operand.size);
  return height;
}

function materializeTaken(taken: number): void {
  if (kindOf(taken) !== temporary) emitInto(load32(taken, operand.slot), taken);
}

function resultTypes(type: number): number {
  return type + funcType.types + load32(type, funcType.paramCount);
}

function pushResults(type: number): void {
  const count = load32(type, funcType.resultCount);
  const types = resultTypes(type);
  for (let index = 0; index < count; index++) pushTemporary(load8u(types + index, 0));
}

// A number that is taken for a function would be a way out of the guest.
function functionTable(): number {
  const record = tableAt(readU32());
  if (tableType(record) !== funcref) fail(text("type mismatch: no table of functions"));
  return record;
}

function translateCall(): void {
  const record = functionAt(readU32());
  const type = load32(record, func.typeId);
  const base = popArguments(type);
  const at = begin(op.call, 8);
  store32(at, 2, record);
  store16(at, 6, base);
  noteCall();
  pushResults(type);
}

function translateCallIndirect(): void {
  const type = typeAt(readU32());
  const record = functionTable();
  const index = slotOf(pop(i32));
  const base = popArguments(type);
  const at = begin(op.call_indirect, 14);
  store16(at, 2, index);
  store32(at, 4, record);
  store32(at, 8, type);
  store16(at, 12, base);
  noteCall();
  pushResults(type);
}

function checkTailResults(type: number): void {
  const count = load32(type, funcType.resultCount);
  if (count !== load32(functionType, funcType.resultCount)) fail(text("type mismatch"));
  const theirs = resultTypes(type);
  const own = resultTypes(functionType);
  for (let index = 0; index < count; index++) {
    if (load8u(theirs + index, 0) !== load8u(own + index, 0)) fail(text("type mismatch"));
  }
}

function translateReturnCall(): void {
  const record = functionAt(readU32());
  const type = load32(record, func.typeId);
  checkTailResults(type);
  const base = popArguments(type);
  const at = begin(op.return_call, 12);
  store32(at, 2, record);
  store16(at, 6, base);
  store16(at, 8, load32(type, funcType.paramBytes));
  store16(at, 10, headerSlot);
  setDead();
}

function translateReturnCallIndirect(): void {
  const type = typeAt(readU32());
  const record = functionTable();
  checkTailResults(type);
  const index = slotOf(pop(i32));
  const base = popArguments(type);
  const at = begin(op.return_call_indirect, 18);
  store16(at, 2, index);
  store16(at, 4, base);
  store16(at, 6, load32(type, funcType.paramBytes));
  store16(at, 8, headerSlot);
  store32(at, 10, record);
  store32(at, 14, type);
  setDead();
}

function translateSelect(typed: number): void {
  const condition = slotOf(pop(i32));
  const second = popAny(blockFloor);
  const type = load32(second, operand.type);
  if (typed === 0 ? isRefType(type) : type !== typed) fail(text("type mismatch"));
  const first = pop(type);
  const a = slotOf(first);
  const b = slotOf(second);
  let operation = op.select32;
  if (type === i64 || type === f64) operation = op.select64;
  if (type === v128) operation = op.select128;
  const at = begin(operation, 10);
  store16(at, 2, height);
  store16(at, 4, a);
  store16(at, 6, b);
  store16(at, 8, condition);
  pushResult(type);
}

function needMemory(index: number): void {
  if (!hasMemory || index !== 0) fail(text("unknown memory"));
}

function translateSpecial(code: number): void {
  switch (code) {
    case 0x00:
      begin(op.unreachable, 2);
      setDead();
      break;
    case 0x01:
      break;
    case 0x02:
    case 0x03:
    case 0x04:
      beginBlock(code);
      break;
    case 0x05:
      elseBlock();
      break;
    case 0x0b:
      endBlock();
      break;
    case 0x0c:
      emitBranch(readU32());
      setDead();
      break;
    case 0x0d:
      translateBrIf(readU32());
      break;
    case 0x0e:
      translateBrTable();
      setDead();
      break;
    case 0x0f:
      emitReturn();
      setDead();
      break;
    case 0x10:
      translateCall();
      break;
    case 0x11:
      translateCallIndirect();
      break;
    case 0x12:
      translateReturnCall();
      break;
    case 0x13:
      translateReturnCallIndirect();
      break;
    case 0x1a:
      popAny(blockFloor);
      break;
    case 0x1b:
      translateSelect(0);
      break;
    case 0x1c:
      if (readU32() !== 1) fail(text("invalid result arity"));
      translateSelect(readValueType());
      break;
    case 0x20: {
      const from = localAt(readU32());
      pushLocal(load32(from, localType), load32(from, 0));
      break;
    }
    case 0x21:
      translateSet();
      break;
    case 0x22: {
      const start = position;
      translateSet();
      setReader(start, readEnd);
      const target = localAt(readU32());
      pushLocal(load32(target, localType), load32(target, 0));
      break;
    }
    case 0x23:
      translateGlobalGet();
      break;
    case 0x24:
      translateGlobalSet();
      break;
    case 0x25:
      translateTableGet();
      break;
    case 0x26:
      translateTableSet();
      break;
    case 0x3f: {
      needMemory(readByte());
      const at = begin(op.memory_size, 4);
      store16(at, 2, height);
      pushResult(i32);
      break;
    }
    case 0x40: {
      needMemory(readByte());
      const pages = slotOf(pop(i32));
      const at = begin(op.memory_grow, 6);
      store16(at, 2, height);
      store16(at, 4, pages);
      pushTemporary(i32);
      break;
    }
    case 0x41:
      pushConstant(i32, extendU(readS32()));
      break;
    case 0x42:
      pushConstant(i64, readS64());
      break;
    case 0x43:
      skipBytes(4);
      pushConstant(f32, extendU(load32(position - 4, 0)));
      break;
    case 0x44:
      skipBytes(8);
      pushConstant(f64, load64(position - 8, 0));
      break;
    case 0xd0: {
      const type = readS32() & 0x7f;
      if (!isRefType(type)) fail(text("a reference type that is not supported"));
      pushConstant(type, 0n);
      break;
    }
    case 0xd1: {
      const taken = popAny(blockFloor);
      if (!isRefType(load32(taken, operand.type))) fail(text("type mismatch"));
      emitShape(compareBase + compareCount, slotOf(taken), i32, 0n);
      pushResult(i32);
      break;
    }
    case 0xd2:
      pushConstant(funcref, extendU(functionAt(readU32())));
      break;
    default:
      fail(text("an instruction that is not supported"));
  }
}

function tableType(record: number): number {
  return load32(record, table.type);
}

function translateTableGet(): void {
  const record = tableAt(readU32());
  const index = slotOf(pop(i32));
  const at = begin(op.table_get, 10);
  store16(at, 2, height);
  store16(at, 4, index);
  store32(at, 6, record);
  pushTemporary(tableType(record));
}

function translateTableSet(): void {
  const record = tableAt(readU32());
  const value = slotOf(pop(tableType(record)));
  const index = slotOf(pop(i32));
  const at = begin(op.table_set, 10);
  store16(at, 2, index);
  store16(at, 4, value);
  store32(at, 6, record);
}

/** Begins an operation on three i32 operands, at 2, 4 and 6. */
function beginThree(operation: number, size: number): number {
  const count = slotOf(pop(i32));
  const from = slotOf(pop(i32));
  const to = slotOf(pop(i32));
  const at = begin(operation, size);
  store16(at, 2, to);
  store16(at, 4, from);
  store16(at, 6, count);
  return at;
}

function translateBulk(sub: number): void {
  switch (sub) {
    case 8: {
      const record = dataAt(readU32());
      needMemory(readByte());
      store32(beginThree(op.memory_init, 12), 8, record);
      break;
    }
    case 9: {
      const record = dataAt(readU32());
      store32(begin(op.data_drop, 6), 2, record);
      break;
    }
    case 10:
      needMemory(readByte());
      needMemory(readByte());
      beginThree(op.memory_copy, 8);
      break;
    case 11:
      needMemory(readByte());
      beginThree(op.memory_fill, 8);
      break;
    case 12: {
      const record = elementAt(readU32());
      const target = tableAt(readU32());
      if (tableType(target) !== load32(record, segment.type)) fail(text("type mismatch"));
      const at = beginThree(op.table_init, 16);
      store32(at, 8, target);
      store32(at, 12, record);
      break;
    }
    case 13: {
      const record = elementAt(readU32());
      store32(begin(op.elem_drop, 6), 2, record);
      break;
    }
    case 14: {
      const target = tableAt(readU32());
      const source = tableAt(readU32());
      if (tableType(target) !== tableType(source)) fail(text("type mismatch"));
      const at = beginThree(op.table_copy, 16);
      store32(at, 8, target);
      store32(at, 12, source);
      break;
    }
    case 15: {
      const record = tableAt(readU32());
      const count = slotOf(pop(i32));
      const value = slotOf(pop(tableType(record)));
      const at = begin(op.table_grow, 12);
      store16(at, 2, height);
      store16(at, 4, value);
      store16(at, 6, count);
      store32(at, 8, record);
      pushTemporary(i32);
      break;
    }
    case 16: {
      const record = tableAt(readU32());
      const at = begin(op.table_size, 8);
      store16(at, 2, height);
      store32(at, 4, record);
      pushTemporary(i32);
      break;
    }
    case 17: {
      const record = tableAt(readU32());
      const count = slotOf(pop(i32));
      const value = slotOf(pop(tableType(record)));
      const index = slotOf(pop(i32));
      const at = begin(op.table_fill, 12);
      store16(at, 2, index);
      store16(at, 4, value);
      store16(at, 6, count);
      store32(at, 8, record);
      break;
    }
    default:
      fail(text("an instruction that is not supported"));
  }
}

/** Begins a vector instruction: its sub-opcode is at 2. */
function beginVector(found: number, size: number): number {
  const at = begin(op.vector, size);
  store16(at, 2, load16u(found, row.slots));
  return at;
}

function operandCount(found: number): number {
  let count = 0;
  while (count < 3 && load8u(found + count, row.first) !== 0) count++;
  return count;
}

function translateVector(found: number): void {
  const result = load8u(found, row.result);
  switch (load8u(found, row.kind)) {
    case rowKind.plain: {
      const count = operandCount(found);
      for (let index = count - 1; index >= 0; index--) pop(load8u(found + index, row.first));
      const first = top;
      for (let index = 0; index < count; index++) {
        const taken = first + index * operand.size;
        if (kindOf(taken) === constant) materializeTaken(taken);
      }
      const at = beginVector(found, 6 + 2 * count);
      store16(at, 4, height);
      for (let index = 0; index < count; index++) {
        store16(at + 2 * index, 6, slotNow(first + index * operand.size));
      }
      pushTemporary(result);
      break;
    }
    case rowKind.lane: {
      const lane = readByte();
      if (operandCount(found) === 1) {
        const from = slotOf(pop(v128));
        const at = beginVector(found, 10);
        store16(at, 4, height);
        store16(at, 6, from);
        store16(at, 8, lane);
      } else {
        const scalar = slotOf(pop(load8u(found, row.second)));
        const from = slotOf(pop(v128));
        const at = beginVector(found, 12);
        store16(at, 4, height);
        store16(at, 6, from);
        store16(at, 8, scalar);
        store16(at, 10, lane);
      }
      pushTemporary(result);
      break;
    }
    case rowKind.load: {
      readMemarg(load16u(found, row.width));
      const base = slotOf(pop(i32));
      const at = beginVector(found, 12);
      store16(at, 4, height);
      store16(at, 6, base);
      store32(at, 8, accessOffset);
      pushTemporary(v128);
      break;
    }
    case rowKind.store: {
      readMemarg(load16u(found, row.width));
      const value = slotOf(pop(v128));
      const base = slotOf(pop(i32));
      const at = beginVector(found, 12);
      store16(at, 4, base);
      store16(at, 6, value);
      store32(at, 8, accessOffset);
      break;
    }
    case rowKind.loadLane: {
      readMemarg(load16u(found, row.width));
      const lane = readByte();
      const value = slotOf(pop(v128));
      const base = slotOf(pop(i32));
      const at = beginVector(found, 16);
      store16(at, 4, height);
      store16(at, 6, base);
      store16(at, 8, value);
      store16(at, 10, lane);
      store32(at, 12, accessOffset);
      pushTemporary(v128);
      break;
    }
    case rowKind.storeLane: {
      readMemarg(load16u(found, row.width));
      const lane = readByte();
      const value = slotOf(pop(v128));
      const base = slotOf(pop(i32));
      const at = beginVector(found, 14);
      store16(at, 4, base);
      store16(at, 6, value);
      store16(at, 8, lane);
      store32(at, 10, accessOffset);
      break;
    }
    default:
      translateVectorConstant((found - rowsStart) / row.size - prefixed.fd);
  }
}

function slotNow(taken: number): number {
  return kindOf(taken) === constant ? load32(taken, operand.slot) : load32(taken, operand.source);
}

function translateVectorConstant(sub: number): void {
  if (sub === 12) {
    skipBytes(16);
    const at = begin(op.const128, 20);
    store16(at, 2, height);
    store64(at, 4, load64(position - 16, 0));
    store64(at, 12, load64(position - 8, 0));
    pushTemporary(v128);
    return;
  }
  if (sub !== 13) fail(text("an instruction that is not supported"));
  skipBytes(16);
  const lanes = position - 16;
  const b = slotOf(pop(v128));
  const a = slotOf(pop(v128));
  const at = begin(op.vector, 26);
  store16(at, 2, 13);
  store16(at, 4, height);
  store16(at, 6, a);
  store16(at, 8, b);
  store64(at, 10, load64(lanes, 0));
  store64(at, 18, load64(lanes, 8));
  pushTemporary(v128);
}
