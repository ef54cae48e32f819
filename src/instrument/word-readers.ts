import { assembleBody, valueType } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import type { Counters } from "./counters.ts";

/** Functions, by index, that give the raw profile: one of its words, and how many there are. */
export interface WordReader {
  readonly word: number;
  readonly count: number;
}

/** Adds functions that read counters. */
export function readerOfCounters(additions: Additions, counters: Counters): WordReader {
  const word = counters.reader(additions);
  const count = additions.add({
    name: "wasmscope.count",
    typeIndex: additions.type([], [valueType.i32]),
    body: assembleBody([], [["i32.const", counters.count]]),
  });
  return { word, count };
}

/** Adds functions that read counters and, behind them, what another reader gives. */
export function readerOfBoth(
  additions: Additions,
  counters: Counters,
  behind: WordReader,
): WordReader {
  const first = readerOfCounters(additions, counters);
  const words = counters.count;
  const word = additions.add({
    name: "wasmscope.word_of_both",
    typeIndex: additions.type([valueType.i32], [valueType.i64]),
    body: assembleBody(
      [],
      [
        ["local.get", 0],
        ["i32.const", words],
        ["i32.lt_u"],
        ["if", valueType.i64],
        ["local.get", 0],
        ["call", first.word],
        ["else"],
        ["local.get", 0],
        ["i32.const", words],
        ["i32.sub"],
        ["call", behind.word],
        ["end"],
      ],
    ),
  });
  const count = additions.add({
    name: "wasmscope.count_of_both",
    typeIndex: additions.type([], [valueType.i32]),
    body: assembleBody([], [["call", behind.count], ["i32.const", words], ["i32.add"]]),
  });
  return { word, count };
}
