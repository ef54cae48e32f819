import { Cursor, DecodeError } from "../bytes/index.ts";
import { placed } from "./decode.ts";
import { InstructionReader } from "./instruction-reader.ts";
import type { Module } from "./module.ts";
import { readNames } from "./names.ts";
import { readValueType } from "./types.ts";

/** Engines refuse functions with more locals than this; the format's own limit is 2^32 - 1. */
const mostLocals = 0xffff_ffff;

/** Reads past the declaration of locals: gives the first instruction's offset and the number of locals. */
export function readLocals(
  bytes: Uint8Array,
  start: number,
  end: number,
): { codeStart: number; count: number; runs: number; runsStart: number } {
  // Many bodies declare none.
  if (bytes[start] === 0 && start < end) {
    return { codeStart: start + 1, count: 0, runs: 0, runsStart: start + 1 };
  }
  const cursor = new Cursor(bytes, start, end);
  const runs = cursor.count(2);
  const runsStart = cursor.position;
  let count = 0;
  for (let left = runs; left > 0; left--) {
    count += cursor.u32();
    if (count > mostLocals) cursor.fail("too many locals", start);
    readValueType(cursor);
  }
  return { codeStart: cursor.position, count, runs, runsStart };
}

/**
 * Says which function an error is about: `code[12] "parse": …`. The index is the function's own, imports
 * included, as engines and other tools print it.
 */
export function placedInBody(module: Module, defined: number, error: unknown): unknown {
  if (!(error instanceof DecodeError)) return error;
  const index = module.importedFunctions + defined;
  const name = readNames(module).functions.get(index);
  return placed(`code[${defined}]${name === undefined ? "" : ` "${name}"`}`, error);
}

/** Reads every instruction of every body. Throws a `DecodeError` at the first that is malformed. */
export function checkBodies(module: Module): void {
  const { bytes, bodies } = module;
  const reader = new InstructionReader(bytes);
  const nesting = new Nesting();
  for (let defined = 0; defined < bodies.start.length; defined++) {
    try {
      const end = bodies.end[defined]!;
      reader.reset(readLocals(bytes, bodies.start[defined]!, end).codeStart, end);
      nesting.start();
      while (nesting.depth > 0) {
        reader.next();
        if (!module.hasDataCount && namesData(reader.code)) {
          throw new DecodeError("data count section required", reader.start);
        }
        nesting.step(reader.code, reader.start);
      }
      if (reader.position !== end) {
        throw new DecodeError("bytes behind the final end", reader.position);
      }
    } catch (error) {
      throw placedInBody(module, defined, error);
    }
  }
}

function namesData(code: number): boolean {
  return code === 0xfc008 || code === 0xfc009 || code === 0xfb009 || code === 0xfb012;
}

/** Follows blocks and checks that `else`, `catch`, `delegate` and `end` stand where they may. */
class Nesting {
  #openers: number[] = [];

  get depth(): number {
    return this.#openers.length;
  }

  start(): void {
    this.#openers = [0x02];
  }

  step(code: number, offset: number): void {
    const openers = this.#openers;
    const top = openers.length - 1;
    switch (code) {
      case 0x02:
      case 0x03:
      case 0x04:
      case 0x06:
      case 0x1f:
        openers.push(code);
        break;
      case 0x05:
        if (openers[top] !== 0x04) throw new DecodeError("else without if", offset);
        openers[top] = 0x05;
        break;
      case 0x07:
      case 0x19:
        if (openers[top] !== 0x06) throw new DecodeError("catch without try", offset);
        break;
      case 0x18:
        if (openers[top] !== 0x06) throw new DecodeError("delegate without try", offset);
        openers.pop();
        break;
      case 0x0b:
        openers.pop();
        break;
    }
  }
}
