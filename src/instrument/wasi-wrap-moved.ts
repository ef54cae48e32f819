import { valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import type { AddedBody } from "./wasi-wrap-table.ts";

const { i64 } = valueType;
/** Longer lists are none: WASI's hosts refuse them. */
const mostBuffers = 4096;

/** Says whether so many bytes at an address are memory: traps are the guest's own affair. As instructions. */
function isMemory(address: readonly Instruction[], bytes: readonly Instruction[]): Instruction[] {
  return [
    ...address,
    "i64.extend_i32_u",
    ...bytes,
    "i64.add",
    ["memory.size", 0],
    "i64.extend_i32_u",
    ["i64.const", 16],
    "i64.shl",
    "i64.le_u",
  ];
}

/** asked(list, count) -> i64: adds up the lengths of a list of buffers; a list that is none has nothing. */
export function askedBody(): AddedBody {
  const [list, count, sum] = [0, 1, 2];
  return {
    locals: [[1, i64]],
    body: [
      ["local.get", count],
      ["i32.const", mostBuffers],
      "i32.gt_u",
      ["if", 0x40],
      ["i64.const", 0],
      "return",
      "end",
      ...isMemory(
        [["local.get", list]],
        [["local.get", count], ["i32.const", 3], "i32.shl", "i64.extend_i32_u"],
      ),
      "i32.eqz",
      ["if", 0x40],
      ["i64.const", 0],
      "return",
      "end",
      ["block", 0x40],
      ["loop", 0x40],
      ["local.get", count],
      "i32.eqz",
      ["br_if", 1],
      ["local.get", sum],
      ["local.get", list],
      ["i64.load32_u", 2, 4],
      "i64.add",
      ["local.set", sum],
      ["local.get", list],
      ["i32.const", 8],
      "i32.add",
      ["local.set", list],
      ["local.get", count],
      ["i32.const", 1],
      "i32.sub",
      ["local.set", count],
      ["br", 0],
      "end",
      "end",
      ["local.get", sum],
    ],
  };
}

/** moved(pointer) -> i64: reads how many bytes were moved. */
export const movedBody: readonly Instruction[] = [
  ...isMemory([["local.get", 0]], [["i64.const", 4]]),
  "i32.eqz",
  ["if", 0x40],
  ["i64.const", 0],
  "return",
  "end",
  ["local.get", 0],
  ["i64.load32_u", 2, 0],
];
