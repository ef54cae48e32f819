import type { Instruction } from "../../wasm/index.ts";

/** A label outside of a handler: the loop, and the ways out of it. */
export type Target =
  "loop" | "enter" | "fuel" | "indirect" | "outOfBounds" | "enterFailed" | "cold";

/** A branch to such a label, whose depth is known when all handlers are put together. */
export interface Jump {
  readonly jump: "br" | "br_if";
  readonly to: Target;
}

/** Instructions with branches that are still to be resolved. */
export type Code = readonly (Instruction | Jump)[];

/** Gives every jump its depth; `levels` says how many labels are between the code and each target. */
export function resolve(code: Code, levels: Readonly<Record<Target, number>>): Instruction[] {
  let depth = 0;
  return code.map((item): Instruction => {
    if (typeof item === "object" && "jump" in item) return [item.jump, levels[item.to] + depth];
    const name = typeof item === "string" ? item : item[0];
    if (name === "block" || name === "loop" || name === "if") depth++;
    else if (name === "end") depth--;
    return item;
  });
}

/** The interpreter's locals; those named after a type are for that type's values. */
export const local = {
  pc: 0,
  fp: 1,
  fuel: 2,
  /** The function that is called. */
  func: 3,
  /** Where the caller goes on. */
  returnTo: 4,
  a: 5,
  b: 6,
} as const;

/** The interpreter's state between two runs: globals of the host module, by index. */
export const state = { pc: 0, fp: 1, fuel: 2, func: 3 } as const;

/** The value types by the letters of the opcode table. */
export const slotTypes = {
  i: { name: "i32", code: 0x7f, align: 2 },
  I: { name: "i64", code: 0x7e, align: 3 },
  f: { name: "f32", code: 0x7d, align: 2 },
  F: { name: "f64", code: 0x7c, align: 3 },
  v: { name: "v128", code: 0x7b, align: 3 },
} as const;
/** A letter of the opcode table. */
export type Letter = keyof typeof slotTypes;

export const get = (index: number): Code => [["local.get", index]];
export const set = (index: number, value: Code): Code => [...value, ["local.set", index]];
export const constant = (value: number): Code => [["i32.const", value]];
export const br = (to: Target): Code => [{ jump: "br", to }];
export const brIf = (to: Target, condition: Code): Code => [...condition, { jump: "br_if", to }];

/** Reads 16 bits of the running instruction. */
export const u16 = (at: number): Code => [...get(local.pc), ["i32.load16_u", 1, at]];
/** Reads 32 bits of the running instruction, which are aligned to 2. */
export const u32 = (at: number): Code => [...get(local.pc), ["i32.load", 1, at]];
/** Gives the address of the slot that the running instruction names at offset `at`. */
export const slot = (at: number): Code => [...get(local.fp), ...u16(at), "i32.add"];

/** Loads the value of a slot. */
export function loadSlot(letter: Letter, at: number): Code {
  const { name, align } = slotTypes[letter];
  return [...slot(at), [`${name}.load`, align, 0]];
}

/** Stores a value in a slot. */
export function storeSlot(letter: Letter, at: number, value: Code): Code {
  const { name, align } = slotTypes[letter];
  return [...slot(at), ...value, [`${name}.store`, align, 0]];
}

/** Bytes that a constant of a type takes in an instruction. */
export const constantBytes = { i: 4, I: 4, f: 4, F: 8 } as const;

/** Reads a constant of the running instruction; 64-bit integers are there as 32 bits with a sign. */
export function immediate(letter: "i" | "I" | "f" | "F", at: number): Code {
  const load = { i: "i32.load", I: "i64.load32_s", f: "f32.load", F: "f64.load" }[letter];
  return [...get(local.pc), [load, 1, at]];
}

/** Goes on behind the running instruction. */
export const next = (size: number): Code => [
  ...set(local.pc, [...get(local.pc), ...constant(size), "i32.add"]),
  ...br("loop"),
];

/** Spends one of the branches and calls after which the interpreter looks up. */
export const spend: Code = [
  ...get(local.fuel),
  ...constant(1),
  "i32.sub",
  ["local.tee", local.fuel],
  "i32.eqz",
  { jump: "br_if", to: "fuel" },
];

/** Goes on at the target that stands at offset `at`. */
export const take = (at: number): Code => [...set(local.pc, u32(at)), ...spend, ...br("loop")];

const empty = 0x40;
/** Goes to the target at offset `at`, the last part of the instruction, if the condition holds. */
export const takeIf = (condition: Code, at: number): Code => [
  ...condition,
  ["if", empty],
  ...take(at),
  "end",
  ...next(at + 4),
];
