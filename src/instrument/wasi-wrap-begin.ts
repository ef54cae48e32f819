import { valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import { frameMark } from "./dump.ts";
import { tableLayout } from "./wasi-table.ts";
import { readMonotonic } from "./wasi-wrap-clock.ts";
import { load, store } from "./wasi-wrap-table.ts";
import type { AddedBody, TableCode } from "./wasi-wrap-table.ts";
import { setWord, wordState, wordValue } from "./wasi-wrap-word.ts";
import type { WordParts } from "./wasi-wrap-word.ts";

const { i32, i64 } = valueType;
const realtime = 0;
/** How long a guest waits to be attached to: in nanoseconds, and in readings of a clock that stands still. */
const longestWaitNs = 20_000_000_000n;
const mostLooks = 50_000_000;
/** So often the clock is read with nothing between two readings when the guest begins. */
const firstNulls = 64;

/** What the guest writes when it waits, and once more when it goes on: a line that no raw profile has. */
const callText = `\n${frameMark}!\n`;

/** end(): notes when the guest ended. */
export function endBody(table: TableCode, now: number, word: WordParts | undefined): Instruction[] {
  return [
    ...table.first,
    ...readMonotonic(now),
    store(tableLayout.end),
    ...(word === undefined ? [] : setWord(word, wordState.ended)),
  ];
}

/** What waiting needs: a global that holds the state `waiting`, and the imported `fd_write` where there is one. */
type WaitParts = WordParts & {
  readonly waiting: number;
  readonly fdWrite: number | undefined;
};

/** begin(): notes when the guest begins, after it has waited to be attached to; only the first time. */
export function beginBody(
  table: TableCode,
  at: {
    readonly now: number;
    readonly nothing: number | undefined;
    readonly word: WaitParts | undefined;
  },
): AddedBody {
  const [left, since] = [0, 1];
  return {
    locals: [
      [1, i32],
      [1, i64],
    ],
    body: [
      ...table.first,
      load(tableLayout.begin),
      "i64.eqz",
      "i32.eqz",
      ["if", 0x40],
      "return",
      "end",
      ...table.first,
      ["i32.const", realtime],
      ["call", at.now],
      store(tableLayout.realBegin),
      ...readMonotonic(at.now),
      ["local.set", since],
      ...(at.word === undefined ? [] : waitCode(table, at.now, at.word, { left, since })),
      ...(at.nothing === undefined ? [] : readNulls(table, at.now, at.nothing, left)),
      ...table.first,
      ...readMonotonic(at.now),
      store(tableLayout.begin),
    ],
  };
}

/** Measures what reading the clock costs; a first time for nothing, since compilers come late. */
function readNulls(table: TableCode, now: number, nothing: number, left: number): Instruction[] {
  const loop: Instruction[] = [
    ["i32.const", firstNulls],
    ["local.set", left],
    ["loop", 0x40],
    ...readMonotonic(now),
    ["call", nothing],
    ["local.get", left],
    ["i32.const", 1],
    "i32.sub",
    ["local.tee", left],
    ["br_if", 0],
    "end",
  ];
  const forget = [tableLayout.nulls, tableLayout.nullNs].flatMap((offset): Instruction[] => [
    ...table.first,
    ["i64.const", 0],
    store(offset),
  ]);
  return [...loop, ...forget, ...loop];
}

/**
 * Waits until somebody has changed the word, which says that it waits. The clock is read in between: a compiler cannot
 * know that a function of the host leaves the word as it is, and so looks at it each time.
 */
function waitCode(
  table: TableCode,
  now: number,
  word: WaitParts,
  { left, since }: { left: number; since: number },
): Instruction[] {
  const { global, pattern, waiting } = word;
  // Computed, so that no code holds the value that is searched for.
  const waitingWord: Instruction[] = [
    ["i64.const", wordValue(pattern, 0)],
    ["global.get", waiting],
    "i64.or",
  ];
  return [
    ...waitingWord,
    ["global.set", global],
    ...callCode(table, word.fdWrite),
    ["i32.const", mostLooks],
    ["local.set", left],
    ["loop", 0x40],
    ...readMonotonic(now),
    ["local.get", since],
    "i64.sub",
    ["i64.const", longestWaitNs],
    "i64.lt_s",
    ["local.get", left],
    ["i32.const", 1],
    "i32.sub",
    ["local.tee", left],
    ["i32.const", 0],
    "i32.ne",
    "i32.and",
    ["global.get", global],
    ...waitingWord,
    "i64.eq",
    "i32.and",
    ["br_if", 0],
    "end",
    ["global.get", global],
    ["i64.const", wordValue(pattern, wordState.go)],
    "i64.eq",
    ["if", 0x40],
    ...table.first,
    ...readMonotonic(now),
    store(tableLayout.go),
    ...table.first,
    ...table.first,
    load(tableLayout.go),
    ["local.get", since],
    "i64.sub",
    store(tableLayout.wait),
    ...setWord(word, wordState.calling),
    ...callCode(table, word.fdWrite),
    "end",
    ...setWord(word, wordState.idle),
  ];
}

/** Writes a line to standard error that the tool knows and takes out: who looks for the word need not look before. */
function callCode(table: TableCode, fdWrite: number | undefined): Instruction[] {
  if (fdWrite === undefined) return [];
  const bytes = [...new TextEncoder().encode(callText)];
  return [
    ...bytes.flatMap((byte, nth): Instruction[] => [
      ...table.first,
      ["i32.const", byte],
      ["i32.store8", 0, tableLayout.text + nth],
    ]),
    ...table.first,
    ...table.first,
    ["i32.const", tableLayout.text],
    "i32.add",
    ["i32.store", 2, tableLayout.list],
    ...table.first,
    ["i32.const", bytes.length],
    ["i32.store", 2, tableLayout.list + 4],
    ["i32.const", 2],
    ["i32.const", tableLayout.list],
    ...table.rebase,
    ["i32.const", 1],
    ["i32.const", tableLayout.written],
    ...table.rebase,
    ["call", fdWrite],
    "drop",
  ];
}
