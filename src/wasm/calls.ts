import { DecodeError } from "../bytes/index.ts";
import { placedInBody, readLocals } from "./bodies.ts";
import { InstructionReader, skipKinds } from "./instruction-reader.ts";
import type { Module } from "./module.ts";

/** What function bodies call and name. Functions are given by index, bodies by the index among them. */
export interface Calls {
  /** Body d calls the functions `callees[calleesStart[d] .. calleesStart[d + 1])`, each named once. */
  readonly callees: Uint32Array;
  readonly calleesStart: Uint32Array;
  /** For each function: how many bodies call it, and at how many places. */
  readonly callerCount: Uint32Array;
  readonly siteCount: Uint32Array;
  /** Functions that call themselves at more than one place. */
  readonly repeaters: readonly number[];
  /** Functions with indirect calls by type index. */
  readonly indirectCallers: ReadonlyMap<number, number[]>;
  readonly throwers: readonly number[];
  readonly indirectTailCalls: boolean;
  /** Functions named by `ref.func` in bodies. */
  readonly referenced: readonly number[];
  /** The first place at which a function is named that does not exist: for the caller to throw. */
  readonly unknownFunction: unknown;
}

const opcode = {
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  callIndirect: 0x11,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  refFunc: 0xd2,
} as const;

/**
 * Reads all instructions of all bodies once. Throws a `DecodeError` at the first that is malformed or stands
 * where it may not.
 */
export function readCalls(module: Module): Calls {
  return new CallReader(module).read();
}

class CallReader {
  readonly #module: Module;
  readonly #reader: InstructionReader;
  /** The body that is read. */
  #defined = 0;
  #callees = new Uint32Array(0);
  readonly #calleesStart: Uint32Array<ArrayBuffer>;
  readonly #callerCount: Uint32Array<ArrayBuffer>;
  readonly #siteCount: Uint32Array<ArrayBuffer>;
  /** For each function the last one that was seen to call it. */
  readonly #lastCaller: Uint32Array<ArrayBuffer>;
  readonly #repeaters: number[] = [];
  readonly #indirectCallers = new Map<number, number[]>();
  readonly #throwers: number[] = [];
  readonly #referenced: number[] = [];
  #indirectTailCalls = false;
  #unknownFunction: unknown;

  constructor(module: Module) {
    this.#module = module;
    this.#reader = new InstructionReader(module.bytes);
    const { length } = module.functions;
    this.#calleesStart = new Uint32Array(module.bodies.start.length + 1);
    this.#callerCount = new Uint32Array(length);
    this.#siteCount = new Uint32Array(length);
    this.#lastCaller = new Uint32Array(length).fill(0xffff_ffff);
  }

  read(): Calls {
    try {
      this.#readBodies();
    } catch (error) {
      throw placedInBody(this.#module, this.#defined, error);
    }
    return {
      callees: this.#callees,
      calleesStart: this.#calleesStart,
      callerCount: this.#callerCount,
      siteCount: this.#siteCount,
      repeaters: this.#repeaters,
      indirectCallers: this.#indirectCallers,
      throwers: this.#throwers,
      indirectTailCalls: this.#indirectTailCalls,
      referenced: this.#referenced,
      unknownFunction: this.#unknownFunction,
    };
  }

  /**
   * Goes over all bodies in one loop, so that V8 compiles it once and soon, and with nothing but numbers
   * in it. What is not frequent is read by `InstructionReader`, and so is what seems malformed: that one
   * knows what to say.
   */
  #readBodies(): void {
    const { bytes, bodies, importedFunctions, functions } = this.#module;
    const { start: bodyStart, end: bodyEnd } = bodies;
    const functionCount = functions.length;
    const kinds = skipKinds;
    const lastCaller = this.#lastCaller;
    const callerCount = this.#callerCount;
    const siteCount = this.#siteCount;
    const calleesStart = this.#calleesStart;
    let callees = new Uint32Array(16);
    let calleeCount = 0;
    /** What the open blocks began with. */
    let openers = new Uint8Array(4);
    for (let defined = 0; defined < bodyStart.length; defined++) {
      this.#defined = defined;
      const caller = importedFunctions + defined;
      const end = bodyEnd[defined]!;
      let position = bodyStart[defined]!;
      // Many bodies declare no locals.
      if (bytes[position] === 0 && position < end) position++;
      else position = readLocals(bytes, position, end).codeStart;
      let start = position;
      let depth = 1;
      let ownCalls = 0;
      openers[0] = 0x02;
      while (depth > 0) {
        if (position >= end) {
          // The instruction before was too long, or there is none.
          this.#other(position > end ? start : position, end, caller);
        }
        start = position;
        // See `skipKind`.
        const kind = kinds[bytes[position]!]!;
        if (kind === 2) {
          if (bytes[position + 1]! < 0x80) position += 2;
          else if (bytes[position + 2]! < 0x80) position += 3;
          else if (bytes[position + 3]! < 0x80) position += 4;
          else if (bytes[position + 4]! < 0x80) position += 5;
          else position = this.#other(start, end, caller);
        } else if (kind === 1) {
          position++;
        } else if (kind === 3) {
          if (bytes[position + 1]! >= 0x40) position = this.#other(start, end, caller);
          else if (bytes[position + 2]! < 0x80) position += 3;
          else if (bytes[position + 3]! < 0x80) position += 4;
          else if (bytes[position + 4]! < 0x80) position += 5;
          else position = this.#other(start, end, caller);
        } else if (kind === 7) {
          position++;
          depth--;
        } else if (kind === 9) {
          let callee = bytes[position + 1]!;
          if (callee < 0x80) position += 2;
          else {
            const second = bytes[position + 2]!;
            callee += (second << 7) - 0x80;
            if (second < 0x80) position += 3;
            else {
              const third = bytes[position + 3]!;
              callee += (third << 14) - 0x4000;
              if (third < 0x80) position += 4;
              else {
                position = this.#other(start, end, caller);
                callee = this.#reader.index;
              }
            }
          }
          if (callee < functionCount) {
            siteCount[callee]!++;
            if (callee === caller) ownCalls++;
            if (lastCaller[callee] !== caller) {
              lastCaller[callee] = caller;
              callerCount[callee]!++;
              if (calleeCount === callees.length) callees = grown(callees);
              callees[calleeCount++] = callee;
            }
          } else this.#noteUnknown(callee, start);
        } else if (kind === 6) {
          const type = bytes[position + 1]!;
          // One byte, unless it is the first of a longer type.
          if (type < 0x80 && type !== 0x63 && type !== 0x64) position += 2;
          else position = this.#other(start, end, caller);
          if (depth === openers.length) openers = grownBytes(openers);
          openers[depth++] = bytes[start]!;
        } else if (kind === 8) {
          if (openers[depth - 1] !== 0x04) throw new DecodeError("else without if", start);
          openers[depth - 1] = 0x05;
          position++;
        } else if (kind === 4) {
          position += 5;
        } else if (kind === 5) {
          position += 9;
        } else {
          position = this.#other(start, end, caller);
          if (depth === openers.length) openers = grownBytes(openers);
          depth = nest(openers, depth, this.#reader);
        }
      }
      if (position !== end) throw new DecodeError("bytes behind the final end", position);
      if (ownCalls > 1) this.#repeaters.push(caller);
      calleesStart[defined + 1] = calleeCount;
    }
    this.#callees = callees.subarray(0, calleeCount);
  }

  /** Reads one instruction, notes what it calls through tables or throws, and gives the offset behind it. */
  #other(start: number, end: number, caller: number): number {
    const reader = this.#reader;
    reader.reset(start, end);
    reader.next();
    switch (reader.code) {
      case opcode.callIndirect:
      case opcode.returnCallIndirect:
      case opcode.callRef:
      case opcode.returnCallRef:
        this.#indirectTailCalls ||= isTailCall(reader.code);
        this.#noteIndirect(reader.index, caller);
        break;
      case opcode.throw:
      case opcode.rethrow:
      case opcode.throwRef:
        this.#throwers.push(caller);
        break;
      case opcode.refFunc:
        if (reader.index < this.#module.functions.length) this.#referenced.push(reader.index);
        else this.#noteUnknown(reader.index, start);
        break;
      default:
        if (!this.#module.hasDataCount && namesData(reader.code)) {
          throw new DecodeError("data count section required", start);
        }
    }
    return reader.position;
  }

  #noteIndirect(typeIndex: number, caller: number): void {
    const callers = this.#indirectCallers.get(typeIndex);
    if (callers === undefined) this.#indirectCallers.set(typeIndex, [caller]);
    else if (callers.at(-1) !== caller) callers.push(caller);
  }

  #noteUnknown(index: number, offset: number): void {
    this.#unknownFunction ??= placedInBody(
      this.#module,
      this.#defined,
      new DecodeError(`unknown function ${index}`, offset),
    );
  }
}

function isTailCall(code: number): boolean {
  return code === opcode.returnCallIndirect || code === opcode.returnCallRef;
}

function namesData(code: number): boolean {
  return code === 0xfc008 || code === 0xfc009 || code === 0xfb009 || code === 0xfb012;
}

/** Follows the blocks of exception handling: gives the depth behind the instruction. */
function nest(openers: Uint8Array, depth: number, { code, start }: InstructionReader): number {
  switch (code) {
    case opcode.try:
    case opcode.tryTable:
      openers[depth] = code;
      return depth + 1;
    case opcode.catch:
    case opcode.catchAll:
      if (openers[depth - 1] !== opcode.try) throw new DecodeError("catch without try", start);
      return depth;
    case opcode.delegate:
      if (openers[depth - 1] !== opcode.try) throw new DecodeError("delegate without try", start);
      return depth - 1;
    default:
      return depth;
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function grownBytes(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(array.length * 2);
  larger.set(array);
  return larger;
}
