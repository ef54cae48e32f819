import type { Instruction } from "../wasm/index.ts";

/**
 * States of the word while no function is in flight, below the pattern; in `calling` the guest says who it is, and
 * `ended` shows, while the raw profile is written, that the word is still where it was found. They begin, in memory, with bytes that are seldom: memory is searched for one of them.
 */
export const wordState = {
  idle: 0,
  waiting: 0x7fa3_c5ad,
  go: 0x7fa3_c5ae,
  calling: 0x7fa3_c5af,
  ended: 0x7fa3_c5b0,
} as const;
/** The word, and what stands in its upper half. */
export interface WordParts {
  readonly global: number;
  readonly pattern: number;
}

/** Code that says in the word what function, or which state, is in flight. */
export function setWord({ global, pattern }: WordParts, state: number): Instruction[] {
  return [
    ["i64.const", wordValue(pattern, state)],
    ["global.set", global],
  ];
}

/** Gives the 64 bits of a word: the pattern above the state. */
export function wordValue(pattern: number, state: number): bigint {
  return BigInt.asIntN(64, (BigInt(pattern) << 32n) | BigInt(state));
}
