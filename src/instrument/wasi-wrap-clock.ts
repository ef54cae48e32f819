import { valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import { tableLayout } from "./wasi-table.ts";
import { add, load, store } from "./wasi-wrap-table.ts";
import type { AddedBody, TableCode } from "./wasi-wrap-table.ts";

const { i32, i64 } = valueType;
const monotonic = 1;

/**
 * What wrappers tell the clock of how precise they want it: all clocks are as precise as they can be, but a host that
 * answers guests with a clock of its own making can tell these readings from theirs.
 */
export const clockPrecisionNs = 23;

/** Code that calls now() for the monotonic clock. */
export function readMonotonic(now: number): Instruction[] {
  return [
    ["i32.const", monotonic],
    ["call", now],
  ];
}

/** now(clock) -> i64: reads one of WASI's clocks. Where it fails, what was read before stands there. */
export function nowBody(table: TableCode, clock: number): Instruction[] {
  const place: Instruction[] = [["i32.const", tableLayout.scratch], ...table.rebase];
  return [
    ["local.get", 0],
    ["i64.const", clockPrecisionNs],
    ...place,
    ["call", clock],
    "drop",
    ...place,
    ["i64.load", 3, 0],
  ];
}

/** A clock that has stood still between two readings counts in steps: then up to so much is a reading's own time. */
const coarseNs = 2000;

/** null(time): books how long it is since `time`, which was read just now; what is twice the least is left out. */
export function nullBody(table: TableCode, now: number): AddedBody {
  const [since, took, row, least] = [0, 1, 2, 3];
  const complement: Instruction[] = [["i64.const", -1], "i64.xor"];
  return {
    locals: [
      [1, i64],
      [1, i32],
      [1, i64],
    ],
    body: [
      ...readMonotonic(now),
      ["local.get", since],
      "i64.sub",
      ["local.set", took],
      ...table.first,
      ["local.tee", row],
      load(tableLayout.leastNull),
      ...complement,
      ["local.tee", least],
      ["local.get", took],
      "i64.gt_u",
      ["if", 0x40],
      ["local.get", row],
      ["local.get", took],
      ["local.tee", least],
      ...complement,
      store(tableLayout.leastNull),
      "end",
      ["local.get", took],
      ["local.get", least],
      ["i64.const", 1],
      "i64.shl",
      ["i64.const", coarseNs],
      ["local.get", least],
      "i64.eqz",
      "i32.eqz",
      "select",
      "i64.le_u",
      ["if", 0x40],
      ...add([["local.get", row]], tableLayout.nulls, [["i64.const", 1]]),
      ...add([["local.get", row]], tableLayout.nullNs, [["local.get", took]]),
      "end",
    ],
  };
}
