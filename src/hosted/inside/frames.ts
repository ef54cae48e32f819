import { stateTags } from "../state/format.ts";
import {
  entry,
  exitCode,
  func,
  header,
  localsStart,
  noCode,
  operandsEnd,
  operandsStart,
  stackEnd,
  stackStart,
} from "../layout.ts";
import { allocate, arenaTop } from "./arena.ts";
import {
  chunkLength,
  endChunk,
  put32,
  put64,
  putByte,
  putBytes,
  putNumber,
  startChunk,
} from "./chunk-out.ts";
import {
  copy,
  getFp,
  getPc,
  gtu,
  load16u,
  load32,
  load64,
  ltu,
  setFp,
  setPc,
  store32,
  text,
} from "./machine.ts";
import { refuseText } from "./print.ts";
import { functionAt, functionCount } from "./module.ts";
import { constant, fromLocal, operand } from "./operands.ts";
import { moduleStart, position, readByte, readEnd, readU32, skipBytes } from "./reader.ts";
import {
  findLocals,
  localBytes,
  localCount,
  localType,
  translate,
  translateAgain,
} from "./translate.ts";
import { externref, f32, funcref, i32, v128 } from "./types.ts";
import {
  atCall,
  atLabel,
  endWatch,
  noticedAddress,
  noticedBytes,
  noticedPosition,
  setWatch,
} from "./watch.ts";

// The guest's stack as the specification has it, from frames and back. For each point of the code at which an
// activation can stand, what translating tells of it is kept as a layout, as long as there is room.

/** Offsets in a layout; `address` is relative to the function's code, the operands' records follow. */
const layout = { record: 0, kind: 4, address: 8, position: 12, bytes: 16, operands: 24 };
const mostOperandBytes = operandsEnd - operandsStart;

let layouts = 0;
let layoutsTop = 0;
let layoutsEnd = 0;

/** Takes the memory for layouts. */
export function prepareFrames(): void {
  if (layouts !== 0) return;
  const bytes = mostOperandBytes + 0x10000;
  layouts = allocate(bytes);
  layoutsTop = layouts;
  layoutsEnd = layouts + bytes;
}

// Finds the layout of a point of a function, given by one of the two fields; gives 0 if it is none.
function findLayout(record: number, kind: number, byPosition: boolean, point: number): number {
  let at = layouts;
  while (at < layoutsTop) {
    const here = byPosition ? load32(at, layout.position) : load32(at, layout.address);
    const isIt = here === point && load32(at, layout.kind) === kind;
    if (isIt && load32(at, layout.record) === record) return at;
    at += layout.operands + load32(at, layout.bytes);
  }
  if (layoutsTop + layout.operands + mostOperandBytes > layoutsEnd) layoutsTop = layouts;
  const made = layoutsTop;
  const code = arenaTop;
  setWatch(kind, byPosition, byPosition ? point : code + point, made + layout.operands);
  translateAgain(record);
  endWatch();
  if (noticedAddress === 0) return 0;
  store32(made, layout.record, record);
  store32(made, layout.kind, kind);
  store32(made, layout.address, noticedAddress - code);
  store32(made, layout.position, noticedPosition);
  store32(made, layout.bytes, noticedBytes);
  layoutsTop = made + layout.operands + noticedBytes;
  return made;
}

// Code is written in the order of its addresses, so the function is the one with the highest that is not behind.
function functionOf(pc: number): number {
  let found = 0;
  let highest = 0;
  for (let index = 0; index < functionCount; index++) {
    const record = functionAt(index);
    const code = load32(record, func.code);
    if (code === noCode || gtu(code, pc) || code < highest) continue;
    found = record;
    highest = code;
  }
  return found;
}

// Finds the layout by the address alone, which only one function has.
function layoutOf(kind: number, pc: number): number {
  let at = layouts;
  while (at < layoutsTop) {
    const address = load32(load32(at, layout.record), func.code) + load32(at, layout.address);
    if (address === pc && load32(at, layout.kind) === kind) return at;
    at += layout.operands + load32(at, layout.bytes);
  }
  const record = functionOf(pc);
  return findLayout(record, kind, false, pc - load32(record, func.code));
}

/** Tells whether the running activation stands at a point that the module has, too. */
export function isAtSafepoint(): boolean {
  return layoutOf(atLabel, getPc()) !== 0;
}

/** Puts a reference: 0, or one more than a function's index or the host's number. */
export function putReference(type: number, reference: number): void {
  if (reference === 0) putNumber(0);
  else putNumber(type === funcref ? load32(reference, func.index) + 1 : reference);
}

/** Puts a value from the address where it is. */
export function putValue(type: number, at: number): void {
  putByte(type);
  if (type === funcref || type === externref) putReference(type, load32(at, 0));
  else if (type === v128) putBytes(at, 16);
  else if (type === i32 || type === f32) put32(load32(at, 0));
  else put64(load64(at, 0));
}

function putFrame(found: number, fp: number): void {
  const record = load32(found, layout.record);
  putNumber(load32(record, func.index));
  putNumber(load32(found, layout.position) - moduleStart);
  findLocals(record);
  putNumber(localCount);
  for (let index = 0; index < localCount; index++) {
    const local = localsStart + index * localBytes;
    putValue(load32(local, localType), fp + load32(local, 0));
  }
  const end = found + layout.operands + load32(found, layout.bytes);
  putNumber(load32(found, layout.bytes) / operand.size);
  for (let at = found + layout.operands; at < end; at += operand.size) {
    const isConstant = load32(at, operand.kind) === constant;
    const from = isConstant ? at + operand.bits : fp + load32(at, operand.source);
    putValue(load32(at, operand.type), from);
  }
}

/** A chunk is ended before it gets longer than this; no frame is longer than what is left. */
export const softChunkBytes = 0xa000;

/** Writes all activations, the running one first. */
export function putFrames(): void {
  let fp = getFp();
  let pc = getPc();
  let kind = atLabel;
  startChunk(stateTags.frames);
  for (;;) {
    const found = layoutOf(kind, pc);
    if (chunkLength() > softChunkBytes) {
      endChunk();
      startChunk(stateTags.frames);
    }
    putFrame(found, fp);
    const code = load32(load32(found, layout.record), func.code);
    const returnTo = load32(fp + load16u(code, entry.header), header.returnTo);
    if (returnTo === exitCode) break;
    fp -= load16u(returnTo - 2, 0);
    pc = returnTo;
    kind = atCall;
  }
  endChunk();
}

function refuseFrame(): never {
  refuseText(text("the state is not one of this module: a frame"));
}

/** Reads a reference. */
export function readReference(type: number): number {
  const number = readU32();
  if (number === 0 || type !== funcref) return number;
  if (!ltu(number - 1, functionCount)) refuseFrame();
  return functionAt(number - 1);
}

/** Reads a value, which must be of this type, to an address. */
export function readValue(type: number, to: number): void {
  if (readByte() !== type) refuseFrame();
  if (type === funcref || type === externref) {
    store32(to, 0, readReference(type));
    return;
  }
  const bytes = type === v128 ? 16 : type === i32 || type === f32 ? 4 : 8;
  skipBytes(bytes);
  copy(to, position - bytes, bytes);
}

// What was read last: the frame above is the one that it calls.
let frameFp = 0;
let frameHeader = 0;
let framePc = 0;
let topFp = 0;

/** Begins to read activations. */
export function startFrames(): void {
  frameFp = 0;
}

function placeFrame(code: number, returnTo: number): void {
  if (frameFp === 0) {
    frameFp = (stackEnd - load32(code, entry.frameBytes)) & -8;
    topFp = frameFp;
    framePc = returnTo;
    return;
  }
  store32(frameHeader, header.returnTo, returnTo);
  frameFp -= load16u(returnTo - 2, 0);
}

// A value that is found in its place anyway is read to where it does no harm.
let unusedValue = 0;

function readOperand(at: number): void {
  const isElsewhere =
    load32(at, operand.kind) === constant || load32(at, operand.kind) === fromLocal;
  if (unusedValue === 0) unusedValue = allocate(16);
  readValue(
    load32(at, operand.type),
    isElsewhere ? unusedValue : frameFp + load32(at, operand.source),
  );
}

function readFrame(): void {
  const index = readU32();
  if (!ltu(index, functionCount)) refuseFrame();
  const record = functionAt(index);
  if (load32(record, func.isHost) !== 0) refuseFrame();
  if (load32(record, func.code) === noCode) translate(record);
  const code = load32(record, func.code);
  const found = findLayout(record, frameFp === 0 ? atLabel : atCall, true, moduleStart + readU32());
  if (found === 0) refuseFrame();
  placeFrame(code, code + load32(found, layout.address));
  if (frameFp < stackStart) refuseText(text("the state's stack is too large for this host"));
  frameHeader = frameFp + load16u(code, entry.header);
  store32(frameHeader, header.func, record);
  findLocals(record);
  if (readU32() !== localCount) refuseFrame();
  for (let local = 0; local < localCount; local++) {
    const at = localsStart + local * localBytes;
    readValue(load32(at, localType), frameFp + load32(at, 0));
  }
  const end = found + layout.operands + load32(found, layout.bytes);
  if (readU32() !== load32(found, layout.bytes) / operand.size) refuseFrame();
  for (let at = found + layout.operands; at < end; at += operand.size) readOperand(at);
}

/** Reads a chunk of activations. */
export function readFrames(): void {
  while (position < readEnd) readFrame();
}

/** Sets the interpreter to go on where the activations say. */
export function endFrames(): void {
  if (frameFp === 0) refuseFrame();
  store32(frameHeader, header.returnTo, exitCode);
  // Frames hold no addresses of the stack.
  copy(stackStart, frameFp, stackEnd - frameFp);
  setFp(topFp - (frameFp - stackStart));
  setPc(framePc);
}
