import { Cursor, DecodeError } from "../bytes/index.ts";
import { placed } from "./decode.ts";
import type { Module } from "./module.ts";
import { readNames } from "./names.ts";
import { readValueType } from "./types.ts";

/** Engines refuse functions with more locals than this; the format's own limit is 2^32 - 1. */
const mostLocals = 0xffff_ffff;

/** How a body declares its locals. */
export interface Locals {
  /** Offset of the first instruction. */
  readonly codeStart: number;
  readonly count: number;
  /** Runs of locals of one type, and the offset of the first. */
  readonly runs: number;
  readonly runsStart: number;
}

/** Reads past the declaration of locals: gives the first instruction's offset and the number of locals. */
export function readLocals(bytes: Uint8Array, start: number, end: number): Locals {
  // Many bodies declare none.
  if (bytes[start] === 0 && start < end) {
    return { codeStart: start + 1, count: 0, runs: 0, runsStart: start + 1 };
  }
  return readShortLocals(bytes, start, end) ?? readAnyLocals(bytes, start, end);
}

/** Reads runs of fewer than 128 numbers each, as nearly all are; undefined for others. */
function readShortLocals(bytes: Uint8Array, start: number, end: number): Locals | undefined {
  const runs = bytes[start]!;
  if (!(runs < 0x80)) return undefined;
  let position = start + 1;
  let count = 0;
  for (let left = runs; left > 0; left--) {
    const length = bytes[position]!;
    const type = bytes[position + 1]!;
    if (!(length < 0x80 && type >= 0x7b && type < 0x80)) return undefined;
    count += length;
    position += 2;
  }
  if (position > end) return undefined;
  return { codeStart: position, count, runs, runsStart: start + 1 };
}

function readAnyLocals(bytes: Uint8Array, start: number, end: number): Locals {
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
