import { valueType } from "../wasm/index.ts";
import type { FuncType, Instruction } from "../wasm/index.ts";
import type { Mover } from "./wasi-movers.ts";
import { tableLayout } from "./wasi-table.ts";
import { readMonotonic } from "./wasi-wrap-clock.ts";
import { add } from "./wasi-wrap-table.ts";
import type { AddedBody, TableCode } from "./wasi-wrap-table.ts";
import { setWord, wordState } from "./wasi-wrap-word.ts";
import type { WordParts } from "./wasi-wrap-word.ts";

const { i32, i64 } = valueType;

/** The functions and the global that wrappers use. */
export interface WrapperParts {
  readonly table: TableCode;
  /** now(clock), only where calls are timed. */
  readonly now: number | undefined;
  readonly book: number;
  readonly asked: number;
  readonly moved: number;
  readonly word: WordParts | undefined;
}

/** A function to wrap. */
export interface Wrapped {
  readonly type: FuncType;
  readonly target: number;
  /** Its place in the table, from 1 on, which is its number in the word, too. */
  readonly row: number;
  readonly mover: Mover | undefined;
}

/** Writes the wrapper of a function: what it does between the two readings of the clock is the call alone. */
export function wrapperBody(
  { table, now, book, asked, moved, word }: WrapperParts,
  { type, target, row, mover }: Wrapped,
): AddedBody {
  const [from, wanted] = [type.paramCount, type.paramCount + 1];
  const errno = wanted + 1;
  const returnsErrno = type.results.join() === String(i32);
  const address: Instruction[] = [["i32.const", row * tableLayout.rowBytes]];
  const readClock = now === undefined ? [] : readMonotonic(now);
  const body: Instruction[] = [
    ...(mover === undefined ? [] : [...askedOf(mover, asked), ["local.set", wanted] as const]),
    ...readClock,
    ...(now === undefined ? [] : [["local.set", from] as const]),
    ...(word === undefined ? [] : setWord(word, row)),
    ...Array.from({ length: type.paramCount }, (_, local): Instruction => ["local.get", local]),
    ["call", target],
    ...(returnsErrno ? [["local.set", errno] as const] : []),
    ...(word === undefined ? [] : setWord(word, wordState.idle)),
    ...address,
    ["local.get", errno],
    ...(now === undefined ? [] : [["local.get", from] as const, ...readClock]),
    ["call", book],
    ...(mover === undefined ? [] : bookMoved(table, { mover, address, wanted, errno, moved })),
    ...(returnsErrno ? [["local.get", errno] as const] : []),
  ];
  return {
    locals: [
      [2, i64],
      [1, i32],
    ],
    body,
  };
}

function askedOf({ list, count, length }: Mover, asked: number): Instruction[] {
  if (length !== undefined) return [["local.get", length], "i64.extend_i32_u"];
  return [
    ["local.get", list!],
    ["local.get", count!],
    ["call", asked],
  ];
}

function bookMoved(
  table: TableCode,
  at: {
    readonly mover: Mover;
    readonly address: readonly Instruction[];
    readonly wanted: number;
    readonly errno: number;
    readonly moved: number;
  },
): Instruction[] {
  const { mover, address, wanted, errno } = at;
  const row: Instruction[] = [...address, ...table.rebase];
  const movedBytes: Instruction[] =
    mover.moved === undefined
      ? [["local.get", wanted]]
      : [
          ["local.get", mover.moved],
          ["call", at.moved],
        ];
  return [
    ["local.get", errno],
    "i32.eqz",
    ["if", 0x40],
    ...add(row, tableLayout.asked, [["local.get", wanted]]),
    ...add(row, tableLayout.moved, movedBytes),
    "end",
  ];
}

/** Writes the wrapper of `proc_exit`, which does not come back: it is counted, and what ends a run is done before. */
export function exitBody(table: TableCode, { row, target }: Wrapped, end: number): AddedBody {
  const place = 1;
  return {
    locals: [[1, i32]],
    body: [
      ["i32.const", row * tableLayout.rowBytes],
      ...table.rebase,
      ["local.set", place],
      ...add([["local.get", place]], tableLayout.calls, [["i64.const", 1]]),
      ["call", end],
      ["local.get", 0],
      ["call", target],
    ],
  };
}
