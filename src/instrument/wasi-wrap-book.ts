import { valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import { errnoSlots, histogramBuckets, tableLayout, wordsARow } from "./wasi-table.ts";
import { add, load, loadSmall, storeSmall } from "./wasi-wrap-table.ts";
import type { AddedBody, TableCode } from "./wasi-wrap-table.ts";

const { i32, i64 } = valueType;
/** One call of so many is followed by two readings of the clock with nothing between them. */
const callsANull = 32;

/** book(row, errno, from, to): books one call in a row; without a clock book(row, errno). */
export function bookBody(table: TableCode, nothing: number | undefined): AddedBody {
  const [row, errno] = [0, 1];
  const timed = nothing !== undefined;
  const at = timed ? 4 : 2;
  return {
    locals: timed
      ? [
          [2, i32],
          [1, i64],
        ]
      : [[1, i32]],
    body: [
      ["local.get", row],
      ...table.rebase,
      ["local.set", row],
      ...(timed ? timeOfCall(nothing) : []),
      ...add([["local.get", row]], tableLayout.calls, [["i64.const", 1]]),
      ["local.get", row],
      ["local.get", errno],
      ["i32.const", errnoSlots - 1],
      ["local.get", errno],
      ["i32.const", errnoSlots - 1],
      "i32.lt_u",
      "select",
      ["i32.const", 2],
      "i32.shl",
      "i32.add",
      ["local.tee", at],
      ["local.get", at],
      loadSmall(tableLayout.errnos),
      ["i32.const", 1],
      "i32.add",
      storeSmall(tableLayout.errnos),
    ],
  };
}

/** Books the time of a call whose row is in local 0 and whose ends are in locals 2 and 3. */
function timeOfCall(nothing: number): Instruction[] {
  const [row, from, to, at, log, took] = [0, 2, 3, 4, 5, 6];
  return [
    ["local.get", row],
    load(tableLayout.calls),
    ["i64.const", callsANull - 1],
    "i64.and",
    "i64.eqz",
    ["if", 0x40],
    ["local.get", to],
    ["call", nothing],
    "end",
    ["local.get", to],
    ["local.get", from],
    "i64.sub",
    ["local.tee", took],
    ["i64.const", 0],
    "i64.lt_s",
    ["if", 0x40],
    ["i64.const", 0],
    ["local.set", took],
    "end",
    ...add([["local.get", row]], tableLayout.ns, [["local.get", took]]),
    // Buckets are a quarter of an octave wide: four times the logarithm and the two bits behind the first.
    ["local.get", took],
    ["i64.const", 4],
    "i64.lt_u",
    ["if", i32],
    ["local.get", took],
    "i32.wrap_i64",
    "else",
    ["i32.const", 63],
    ["local.get", took],
    "i64.clz",
    "i32.wrap_i64",
    "i32.sub",
    ["local.tee", log],
    ["i32.const", 2],
    "i32.shl",
    ["local.get", took],
    ["local.get", log],
    ["i32.const", 2],
    "i32.sub",
    "i64.extend_i32_u",
    "i64.shr_u",
    "i32.wrap_i64",
    ["i32.const", 3],
    "i32.and",
    "i32.add",
    "end",
    ["local.tee", at],
    ["i32.const", histogramBuckets - 1],
    ["local.get", at],
    ["i32.const", histogramBuckets - 1],
    "i32.lt_u",
    "select",
    ["i32.const", 2],
    "i32.shl",
    ["local.get", row],
    "i32.add",
    ["local.tee", at],
    ["local.get", at],
    loadSmall(tableLayout.histogram),
    ["i32.const", 1],
    "i32.add",
    storeSmall(tableLayout.histogram),
  ];
}

/** word(at) -> i64: a word of the table as it stands in the raw profile. */
export function wordBody(table: TableCode): AddedBody {
  const [at, column, place] = [0, 1, 2];
  const headWords = tableLayout.errnos / 8;
  return {
    locals: [[2, i32]],
    body: [
      ["local.get", at],
      ["i32.const", wordsARow],
      "i32.div_u",
      ["i32.const", tableLayout.rowBytes],
      "i32.mul",
      ...table.rebase,
      ["local.set", place],
      ["local.get", at],
      ["i32.const", wordsARow],
      "i32.rem_u",
      ["local.tee", column],
      ["i32.const", headWords],
      "i32.lt_u",
      ["if", i64],
      ["local.get", place],
      ["local.get", column],
      ["i32.const", 3],
      "i32.shl",
      "i32.add",
      load(0),
      "else",
      ["local.get", place],
      ["local.get", column],
      ["i32.const", headWords],
      "i32.sub",
      ["i32.const", 2],
      "i32.shl",
      "i32.add",
      loadSmall(tableLayout.errnos),
      "i64.extend_i32_u",
      "end",
    ],
  };
}
