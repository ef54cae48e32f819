import type { Instruction } from "../../src/wasm/index.ts";
import { state } from "../../src/hosted/interpreter/code.ts";

/** Types of the language inside: numbers are i32, bigints i64; booleans are i32, too. */
export type Type = "i32" | "i64" | "void" | "never";

/** A function of `machine.ts` that stands for instructions. */
export interface Intrinsic {
  readonly result: Type;
  readonly code: readonly Instruction[];
}

/** Loads and stores: (address, offset) and (address, offset, value), the offset a constant. */
export const memoryAccesses: Readonly<Record<string, { instruction: string; type: Type }>> = {
  load8u: { instruction: "i32.load8_u", type: "i32" },
  load16u: { instruction: "i32.load16_u", type: "i32" },
  load32: { instruction: "i32.load", type: "i32" },
  load64: { instruction: "i64.load", type: "i64" },
  store8: { instruction: "i32.store8", type: "void" },
  store16: { instruction: "i32.store16", type: "void" },
  store32: { instruction: "i32.store", type: "void" },
  store64: { instruction: "i64.store", type: "void" },
};

const one = (result: Type, ...code: Instruction[]): Intrinsic => ({ result, code });

/** All other intrinsics: the operands are on the stack. */
export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  ltu: one("i32", "i32.lt_u"),
  gtu: one("i32", "i32.gt_u"),
  leu: one("i32", "i32.le_u"),
  geu: one("i32", "i32.ge_u"),
  divideU: one("i64", "i64.div_u"),
  wrap: one("i32", "i32.wrap_i64"),
  extend: one("i64", "i64.extend_i32_s"),
  extendU: one("i64", "i64.extend_i32_u"),
  shiftRight64: one("i64", "i64.shr_u"),
  memorySize: one("i32", ["memory.size", 0]),
  memoryGrow: one("i32", ["memory.grow", 0]),
  copy: one("void", ["memory.copy", 0, 0]),
  fill: one("void", ["memory.fill", 0]),
  getPc: one("i32", ["global.get", state.pc]),
  setPc: one("void", ["global.set", state.pc]),
  getFp: one("i32", ["global.get", state.fp]),
  setFp: one("void", ["global.set", state.fp]),
  getFuel: one("i32", ["global.get", state.fuel]),
  setFuel: one("void", ["global.set", state.fuel]),
  getFunc: one("i32", ["global.get", state.func]),
  trapUnreachable: one("never", "unreachable"),
  // No memory has these bytes.
  trapMemory: one("never", ["i32.const", -1], ["i32.load", 0, 0xffffffff], "drop"),
  // The one table of the host module has one element, which is null.
  trapTableIndex: one("never", ["i32.const", 1], ["call_indirect", 0, 0]),
  trapNoFunction: one("never", ["i32.const", 0], ["call_indirect", 0, 0]),
};
