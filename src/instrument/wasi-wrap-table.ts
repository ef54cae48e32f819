import type { Instruction, LocalRun } from "../wasm/index.ts";

/** Locals and instructions of a function that is added. */
export interface AddedBody {
  readonly locals: readonly LocalRun[];
  readonly body: readonly Instruction[];
}

/** How code reaches the table. */
export interface TableCode {
  /** Turns the relative address on the stack into one for loads and stores. */
  readonly rebase: readonly Instruction[];
  /** Pushes the address of the first row. */
  readonly first: readonly Instruction[];
}

/** Loads a number of 64 bits of the row whose address is on the stack. */
export function load(offset: number): Instruction {
  return ["i64.load", 3, offset];
}

/** Stores a number of 64 bits. */
export function store(offset: number): Instruction {
  return ["i64.store", 3, offset];
}

/** Loads a number of 32 bits. */
export function loadSmall(offset: number): Instruction {
  return ["i32.load", 2, offset];
}

/** Stores a number of 32 bits. */
export function storeSmall(offset: number): Instruction {
  return ["i32.store", 2, offset];
}

/** Adds to a number of 64 bits in the row whose address `row` pushes. */
export function add(
  row: readonly Instruction[],
  offset: number,
  amount: readonly Instruction[],
): Instruction[] {
  return [...row, ...row, load(offset), ...amount, "i64.add", store(offset)];
}
