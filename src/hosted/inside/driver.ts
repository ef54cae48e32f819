import { op } from "../interpreter/operations.ts";
import {
  entry,
  exitCode,
  exits,
  func,
  funcType,
  header,
  noCode,
  nullFunction,
  segment,
  stackEnd,
  stackStart,
} from "../layout.ts";
import {
  callHost,
  fill,
  getFp,
  getFuel,
  getFunc,
  getPc,
  gtu,
  load16u,
  load32,
  lookUp,
  run,
  setFp,
  setFuel,
  setPc,
  store16,
  store32,
  text,
} from "./machine.ts";
import {
  dataAt,
  dataCount,
  elementAt,
  elementCount,
  functionAt,
  hasMemory,
  memoryMin,
  readDefined,
  readImports,
  readSections,
  startFunction,
  tableAt,
} from "./module.ts";
import {
  doOutside,
  dropSegment,
  growMemory,
  initMemory,
  initTable,
  tailFunction,
  tailReturn,
  trapIndirect,
} from "./outside.ts";
import { fail, setModule } from "./reader.ts";
import { translate } from "./translate.ts";

// Runs functions: the loop around the interpreter's function.

/** Where the next activation that the host asks for may begin. */
export let stackTop: number = stackStart;

/** Sets what the runtime's own region holds before any module is there. */
function prepare(): void {
  store32(nullFunction, func.typeId, -1);
  store16(exitCode - 2, 0, 0);
  store16(exitCode, 0, op.exit);
  store32(noCode, entry.frameBytes, 0x7fffffff);
}

/** Reads the module's sections and makes room for what it imports. */
export function load(from: number, to: number): void {
  prepare();
  setModule(from, to);
  readSections();
  readImports();
}

/** Does what instantiation does: initial values, segments, the start function. */
export function instantiate(): void {
  readDefined();
  if (hasMemory && growMemory(memoryMin) === -1) fail(text("not enough memory"));
  for (let index = 0; index < elementCount; index++) {
    const record = elementAt(index);
    if (load32(record, segment.kind) !== 0) continue;
    const length = load32(record, segment.length);
    const target = tableAt(load32(record, segment.target));
    initTable(target, record, load32(record, segment.offset), 0, length);
    dropSegment(record);
  }
  for (let index = 0; index < dataCount; index++) {
    const record = dataAt(index);
    if (load32(record, segment.kind) !== 0) continue;
    initMemory(record, load32(record, segment.offset), 0, load32(record, segment.length));
    dropSegment(record);
  }
  if (startFunction >= 0) invoke(functionAt(startFunction), stackTop);
}

/** Makes what the module defines for a program that goes on: nothing is initialised or started. */
export function defineAgain(): void {
  readDefined();
  for (let index = 0; index < elementCount; index++) {
    if (load32(elementAt(index), segment.kind) === 0) dropSegment(elementAt(index));
  }
  for (let index = 0; index < dataCount; index++) {
    if (load32(dataAt(index), segment.kind) === 0) dropSegment(dataAt(index));
  }
}

// The host's function reads its arguments where the frame would begin, and leaves its results there.
function callHostFunction(record: number, fp: number, returnTo: number): void {
  const type = load32(record, func.typeId);
  const before = stackTop;
  let bytes = load32(type, funcType.paramBytes);
  if (load32(type, funcType.resultBytes) > bytes) bytes = load32(type, funcType.resultBytes);
  if (gtu(fp + bytes, stackEnd)) exhaust(0);
  // The host may call back: what it calls has its frames behind this one.
  stackTop = fp + bytes;
  callHost(load32(record, func.hostId), fp);
  stackTop = before;
  setFp(fp - load16u(returnTo - 2, 0));
  setPc(returnTo);
}

// Engines end endless recursion of their own as they would the guest's.
function exhaust(depth: number): number {
  return exhaust(depth + 1) + 1;
}

/** Begins an activation, as `enterFunction` does inside, of a function that has no code yet or needs too much. */
function enter(record: number, fp: number, returnTo: number): void {
  if (load32(record, func.isHost) !== 0) {
    callHostFunction(record, fp, returnTo);
    return;
  }
  if (load32(record, func.code) === noCode) translate(record);
  const code = load32(record, func.code);
  if (gtu(fp + load32(code, entry.frameBytes), stackEnd)) exhaust(0);
  const at = fp + load16u(code, entry.header);
  store32(at, header.returnTo, returnTo);
  store32(at, header.func, record);
  fill(at + 8, 0, load16u(code, entry.zeroBytes));
  setFp(fp);
  setPc(code + entry.size);
}

// A call that begins out here costs what one inside does, so that counts are the same whoever has translated what.
function enterCalled(record: number, fp: number, returnTo: number): void {
  enter(record, fp, returnTo);
  if (load32(record, func.isHost) === 0) setFuel(getFuel() - 1);
}

/** Calls a function whose arguments lie from `base` on, where its results will be. */
export function invoke(record: number, base: number): void {
  enter(record, base, exitCode);
  proceed();
}

/** Goes on at `pc` and `fp` until what was called from outside has returned. */
export function proceed(): void {
  for (;;) {
    if (getFuel() === 0) lookUp();
    const reason = run();
    switch (reason) {
      case exits.fuel:
        break;
      case exits.enter:
        enterCalled(getFunc(), getFp(), getPc());
        break;
      case exits.indirect:
        trapIndirect(getPc());
        break;
      case op.exit:
        return;
      default:
        doOutside(reason);
        if (tailFunction !== 0) enterCalled(tailFunction, getFp(), tailReturn);
    }
  }
}

/** Forgets all activations, after something has ended them from outside. */
export function forgetActivations(): void {
  stackTop = stackStart;
}
