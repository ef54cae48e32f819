import { addBase, compareBase, compareCount, countingBase, op } from "../interpreter/operations.ts";
import { blocksEnd, blocksStart, funcType, unlessStart } from "../layout.ts";
import { needRoom } from "./arena.ts";
import {
  begin,
  constantBytes,
  emitInto,
  extendLast,
  flushLocals,
  headerSlot,
  here,
  isCompare,
  isLastResult,
  label,
  last,
  materializeFrom,
  putConstant,
  slotOf,
  takeBack,
} from "./emit.ts";
import { load16u, load32, load64, load8u, store16, store32, store8, text } from "./machine.ts";
import {
  cutTo,
  height,
  kindOf,
  operand,
  popTyped,
  pushTemporary,
  temporary,
  top,
} from "./operands.ts";
import { fail, position, readCount, readEnd, readS32, readU32, setReader } from "./reader.ts";
import { bytesOf, f32, f64, i32, i64, isValueType, typeAt, v128 } from "./types.ts";
import { noteLabel } from "./watch.ts";

// Blocks: where branches go, and that values lie where the target expects them, which is in their own slots.

/** Offsets in an open block; types are addresses of lists of bytes. */
const block = {
  kind: 0,
  /** The operand stack below the block's parameters: its end, and the slot behind it. */
  floor: 4,
  slot: 8,
  params: 12,
  paramCount: 16,
  results: 20,
  resultCount: 24,
  /** A loop's address. */
  target: 28,
  /** Addresses of targets to be filled in, each holding the next one. */
  fixups: 32,
  elseFixup: 36,
  /** The type of a block with one result and no type index. */
  single: 40,
  size: 48,
};
const kindFunction = 0;
const kindLoop = 3;
const kindIf = 4;
const kindElse = 5;

let blocks = 0;
/** How many blocks are open, the function's own among them. */
export let blockDepth = 0;
/** Where the innermost block's operands begin. */
export let blockFloor = 0;
/** Whether what follows cannot be reached. */
export let isDead = false;
/** The type of the function in translation. */
export let functionType = 0;

function blockOf(depth: number): number {
  if (depth < 0 || depth >= blockDepth) fail(text("unknown label"));
  return blocks - depth * block.size;
}

function open(kind: number): void {
  blocks = blocksStart + blockDepth * block.size;
  if (blocks + block.size > blocksEnd) fail(text("blocks that are nested too deep"));
  blockDepth++;
  store32(blocks, block.kind, kind);
  store32(blocks, block.fixups, 0);
  store32(blocks, block.elseFixup, 0);
  store32(blocks, block.floor, top);
  store32(blocks, block.slot, height);
  blockFloor = top;
}

export function startBlocks(type: number): void {
  blockDepth = 0;
  isDead = false;
  functionType = type;
  open(kindFunction);
  store32(blocks, block.paramCount, 0);
  store32(blocks, block.results, type + funcType.types + load32(type, funcType.paramCount));
  store32(blocks, block.resultCount, load32(type, funcType.resultCount));
}

/** Forgets the operands of the block in which nothing is reached any more. */
export function setDead(): void {
  isDead = true;
  cutTo(load32(blocks, block.floor), load32(blocks, block.slot));
}

function readBlockType(): void {
  const code = readS32();
  store32(blocks, block.paramCount, 0);
  store32(blocks, block.resultCount, 0);
  if (code === -64) return;
  if (code < 0) {
    const type = code & 127;
    if (!isValueType(type)) fail(text("a block type that is not supported"));
    store8(blocks, block.single, type);
    store32(blocks, block.results, blocks + block.single);
    store32(blocks, block.resultCount, 1);
    return;
  }
  const type = typeAt(code);
  const params = load32(type, funcType.paramCount);
  store32(blocks, block.params, type + funcType.types);
  store32(blocks, block.paramCount, params);
  store32(blocks, block.results, type + funcType.types + params);
  store32(blocks, block.resultCount, load32(type, funcType.resultCount));
}

// A test that was taken off the operand stack: a comparison that branches itself, or a slot.
const inSlot = 0;
const twoSlots = 1;
const slotAndConstant = 2;
let testShape = 0;
let testCompare = 0;
let testSlot = 0;
let testOther = 0;
let testType = 0;
let testBits = 0n;
/** Whether the slot's being 0 is what is asked. */
let testZero = false;

function takeTest(): void {
  const taken = popTyped(i32, blockFloor);
  testShape = inSlot;
  testZero = false;
  if (!isLastResult(taken) || !isCompare(load16u(last, 0))) {
    testSlot = slotOf(taken);
    return;
  }
  const instruction = last;
  testCompare = load16u(instruction, 0) - compareBase;
  testSlot = load16u(instruction, 4);
  takeBack();
  if (testCompare < compareCount) {
    testShape = twoSlots;
    testOther = load16u(instruction, 6);
    return;
  }
  const index = testCompare - compareCount;
  testType = i32;
  if (index >= 10) testType = i64;
  if (index >= 20) testType = f32;
  if (index >= 26) testType = f64;
  testBits = load64(instruction, 6);
  // i32.eq and i32.ne, the first two, with 0.
  if (index < 2 && load32(instruction, 6) === 0) testZero = index === 0;
  else testShape = slotAndConstant;
}

// What is compared is the sum that the last instruction has made.
function canCount(): boolean {
  if (last === 0 || load16u(last, 2) !== testSlot) return false;
  const operation = load16u(last, 0);
  if (operation !== addBase && operation !== addBase + 1) return false;
  return testShape === inSlot || testCompare % compareCount < 10;
}

function emitCounting(negated: boolean): number {
  // A slot alone is compared with 0: 0 is eq, 1 is ne.
  const compare = testShape === inSlot ? (testZero ? 0 : 1) : testCompare % compareCount;
  const byConstant = testShape !== twoSlots;
  const bytes = byConstant ? 4 : 2;
  let operation = countingBase + (negated ? compare ^ 1 : compare);
  if (load16u(last, 0) !== addBase) operation += 20;
  if (byConstant) operation += 10;
  const at = extendLast(operation, bytes + 4);
  if (testShape === inSlot) store32(at, 0, 0);
  else if (byConstant) putConstant(at, i32, testBits);
  else store16(at, 0, testOther);
  return at + bytes;
}

/** Writes the branch for the test, or for its opposite, and gives the address of its target. */
function emitTest(negated: boolean): number {
  if (canCount()) return emitCounting(negated);
  if (testShape === inSlot) {
    const at = begin(negated !== testZero ? op.br_unless : op.br_if, 8);
    store16(at, 2, testSlot);
    return at + 4;
  }
  const operation = negated
    ? load16u(unlessStart + testCompare * 2, 0)
    : compareBase + 2 * compareCount + testCompare;
  const bytes = testShape === twoSlots ? 2 : constantBytes(testType);
  const at = begin(operation, 8 + bytes);
  store16(at, 2, testSlot);
  if (testShape === twoSlots) store16(at, 4, testOther);
  else putConstant(at + 4, testType, testBits);
  return at + 4 + bytes;
}

export function beginBlock(code: number): void {
  // 2 block, 3 loop, 4 if: a block's kind is its opcode.
  if (code === kindIf) takeTest();
  open(code);
  readBlockType();
  const params = load32(blocks, block.paramCount);
  const first = top - params * operand.size;
  const outerFloor = blockDepth > 1 ? load32(blocks - block.size, block.floor) : 0;
  if (first < outerFloor) fail(text("type mismatch: too few operands for a block"));
  checkTypes(first, load32(blocks, block.params), params);
  flushLocals();
  store32(blocks, block.floor, first);
  blockFloor = first;
  if (params > 0) {
    store32(blocks, block.slot, load32(first, operand.slot));
    // Branches back, and the other arm, find the parameters in their own slots.
    if (code !== 2) materializeFrom(first);
  }
  if (code === kindLoop) {
    label();
    store32(blocks, block.target, here);
    noteLabel();
  }
  if (code === kindIf) store32(blocks, block.elseFixup, emitTest(true));
}

function checkTypes(from: number, types: number, count: number): void {
  for (let index = 0; index < count; index++) {
    if (load32(from + index * operand.size, operand.type) !== load8u(types + index, 0)) {
      fail(text("type mismatch"));
    }
  }
}

function pushTypes(types: number, count: number): void {
  for (let index = 0; index < count; index++) pushTemporary(load8u(types + index, 0));
}

// The block's results must be all that is on the stack.
function finishResults(): void {
  const count = load32(blocks, block.resultCount);
  const floor = load32(blocks, block.floor);
  if (top !== floor + count * operand.size) fail(text("type mismatch: values left in a block"));
  checkTypes(floor, load32(blocks, block.results), count);
  materializeFrom(floor);
}

export function elseBlock(): void {
  if (load32(blocks, block.kind) !== kindIf) fail(text("else without if"));
  if (!isDead) {
    finishResults();
    const at = begin(op.br, 6);
    linkTo(blocks, at + 2);
  }
  isDead = false;
  label();
  store32(load32(blocks, block.elseFixup), 0, here);
  store32(blocks, block.elseFixup, 0);
  store32(blocks, block.kind, kindElse);
  cutTo(load32(blocks, block.floor), load32(blocks, block.slot));
  pushTypes(load32(blocks, block.params), load32(blocks, block.paramCount));
  noteLabel();
}

export function endBlock(): void {
  const kind = load32(blocks, block.kind);
  const count = load32(blocks, block.resultCount);
  if (kind === kindFunction) {
    endFunction();
    return;
  }
  if (!isDead) finishResults();
  if (kind === kindIf) checkNoElse(count);
  const wasDead = isDead;
  isDead = false;
  let fixup = load32(blocks, block.fixups);
  const elseFixup = load32(blocks, block.elseFixup);
  if (fixup !== 0 || elseFixup !== 0 || wasDead) label();
  if (elseFixup !== 0) store32(elseFixup, 0, here);
  while (fixup !== 0) {
    const following = load32(fixup, 0);
    store32(fixup, 0, here);
    fixup = following;
  }
  const results = load32(blocks, block.results);
  cutTo(load32(blocks, block.floor), load32(blocks, block.slot));
  if (count === 1 && results === blocks + block.single) pushTemporary(load8u(results, 0));
  else pushTypes(results, count);
  blockDepth--;
  blocks -= block.size;
  blockFloor = load32(blocks, block.floor);
  if (last === 0) noteLabel();
}

// Without an else the parameters are the results.
function checkNoElse(count: number): void {
  const params = load32(blocks, block.params);
  const results = load32(blocks, block.results);
  let isSame = load32(blocks, block.paramCount) === count;
  for (let index = 0; isSame && index < count; index++) {
    isSame = load8u(params + index, 0) === load8u(results + index, 0);
  }
  if (!isSame) fail(text("type mismatch: if without else"));
}

// Branches to the function's label return by themselves, so nothing jumps here.
function endFunction(): void {
  if (!isDead) {
    const floor = load32(blocks, block.floor);
    const count = load32(blocks, block.resultCount);
    if (top !== floor + count * operand.size) fail(text("type mismatch: values left"));
    emitReturn();
  }
  isDead = false;
  blockDepth = 0;
}

function linkTo(target: number, field: number): void {
  if (load32(target, block.kind) === kindLoop) store32(field, 0, load32(target, block.target));
  else {
    store32(field, 0, load32(target, block.fixups));
    store32(target, block.fixups, field);
  }
}

/** How many values a branch to this block takes along; `labelTypes` are theirs. */
function labelCount(target: number): number {
  if (load32(target, block.kind) === kindLoop) return load32(target, block.paramCount);
  return load32(target, block.resultCount);
}

function labelTypes(target: number): number {
  if (load32(target, block.kind) === kindLoop) return load32(target, block.params);
  return load32(target, block.results);
}

// The first of the values that a branch takes along.
function labelOperands(target: number): number {
  const count = labelCount(target);
  const first = top - count * operand.size;
  if (first < blockFloor) fail(text("type mismatch: too few operands for a branch"));
  checkTypes(first, labelTypes(target), count);
  return first;
}

function needsMoves(target: number): boolean {
  const first = labelOperands(target);
  if (first === top) return false;
  const isPlaced = load32(first, operand.slot) === load32(target, block.slot);
  for (let taken = first; taken < top; taken += operand.size) {
    if (!isPlaced || kindOf(taken) !== temporary) return true;
  }
  return false;
}

// Each goes to where it is or further down, so none is overwritten before it was moved.
function moveOperands(target: number): void {
  let slot = load32(target, block.slot);
  for (let taken = labelOperands(target); taken < top; taken += operand.size) {
    emitInto(slot, taken);
    slot += bytesOf(load32(taken, operand.type));
  }
}

/** Writes a branch; the operands stay as they are. */
export function emitBranch(depth: number): void {
  const target = blockOf(depth);
  if (load32(target, block.kind) === kindFunction) {
    emitReturn();
    return;
  }
  if (needsMoves(target)) moveOperands(target);
  linkTo(target, begin(op.br, 6) + 2);
}

/** Writes what ends the activation with the topmost operands as results. */
export function emitReturn(): void {
  const target = blocksStart;
  const first = labelOperands(target);
  const count = labelCount(target);
  if (count === 1 && load32(first, operand.type) !== v128) {
    const from = slotOf(first);
    const type = load32(first, operand.type);
    const at = begin(type === i64 || type === f64 ? op.return64 : op.return32, 6);
    store16(at, 2, headerSlot);
    store16(at, 4, from);
    return;
  }
  // Results overwrite parameters, which may be results themselves.
  materializeFrom(first);
  let slot = 0;
  for (let taken = first; taken < top; taken += operand.size) {
    emitInto(slot, taken);
    slot += bytesOf(load32(taken, operand.type));
  }
  store16(begin(op.return, 4), 2, headerSlot);
}

export function translateBrIf(depth: number): void {
  takeTest();
  const target = blockOf(depth);
  const isReturn = load32(target, block.kind) === kindFunction;
  // What is written for one way only must not be believed on the other.
  if (isReturn) materializeFrom(labelOperands(target));
  if (!isReturn && !needsMoves(target)) {
    linkTo(target, emitTest(false));
    return;
  }
  const over = emitTest(true);
  emitBranch(depth);
  label();
  store32(over, 0, here);
  noteLabel();
}

export function translateBrTable(): void {
  const count = readCount();
  const start = position;
  const index = slotOf(popTyped(i32, blockFloor));
  readLabelsOperands(count);
  needRoom(here, count * 4 + 256);
  const at = begin(op.br_table, 12 + count * 4);
  store16(at, 2, index);
  store32(at, 4, count);
  setReader(start, readEnd);
  for (let entry = 0; entry <= count; entry++) {
    const target = blockOf(readU32());
    if (isDirect(target)) linkTo(target, at + 8 + entry * 4);
  }
  setReader(start, readEnd);
  let lastDepth = -1;
  let stub = 0;
  for (let entry = 0; entry <= count; entry++) {
    const depth = readU32();
    if (isDirect(blockOf(depth))) continue;
    if (depth !== lastDepth) {
      label();
      stub = here;
      emitBranch(depth);
      lastDepth = depth;
    }
    store32(at + 8 + entry * 4, 0, stub);
  }
}

// All ways must find the operands where they are now, so they go into their own slots first.
function readLabelsOperands(count: number): void {
  for (let entry = 0; entry <= count; entry++) materializeFrom(labelOperands(blockOf(readU32())));
}

function isDirect(target: number): boolean {
  return load32(target, block.kind) !== kindFunction && !needsMoves(target);
}
