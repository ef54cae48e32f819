import assert from "node:assert/strict";
import { test } from "node:test";
import { wat } from "../../../test/oracle/wat.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import { V8Samples } from "./v8-profile.ts";
import type { V8Profile } from "./v8-profile.ts";

const module = decodeModule(
  wat(`(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (func $work (nop)) (func (export "_start") (call $work)))`),
);
const [work, start] = module.bodies.start as unknown as [number, number];

function node(
  id: number,
  functionName: string,
  children: number[],
  column = -1,
): V8Profile["nodes"][number] {
  const url = column >= 0 ? "wasm://wasm/0123abcd" : "file:///tool.js";
  return { id, callFrame: { functionName, url, columnNumber: column }, children };
}

const slice: V8Profile = {
  nodes: [
    node(1, "(root)", [2, 9]),
    node(2, "runGuest", [3]),
    // An adaptor whose column is, by chance, that of a function.
    node(3, "js-to-wasm::v", [4], work),
    node(4, "wasm-function[2]", [5, 6], start),
    node(5, "wasm-function[1]", [], work),
    node(6, "wasm-to-js:iiii", [7], start),
    node(7, "fd_write", [8]),
    node(8, "writeSync", []),
    node(9, "(garbage collector)", []),
  ],
  startTime: 0,
  endTime: 10_000,
  samples: [2, 5, 5, 8, 4, 9],
  timeDeltas: [100, 1000, 1500, 2000, 500, -3],
};

test("names the guest's functions, and the host's that they call", () => {
  const samples = new V8Samples(module, { name: "app.wasm", sha256: "" }, functionFrames(module));
  samples.add(slice);
  samples.add(slice);
  assert.deepEqual([samples.count, samples.outside], [12, 2]);
  const profile = samples.build([]);
  const lines = profile.frames.map(({ name, funcIndex, host }) => [name, funcIndex, host]);
  assert.deepEqual(lines, [
    ["_start", 2, undefined],
    ["work", 1, undefined],
    ["fd_write", undefined, true],
    ["(garbage collector)", undefined, true],
  ]);
  assert.deepEqual([...profile.parents], [-1, 0, 0, -1]);
  const [counts, time] = profile.selfValues;
  assert.deepEqual([...counts!], [2, 4, 2, 2]);
  // Each sample lasts to the next; the clock goes back once.
  assert.deepEqual([...time!], [0, 7_000_000, 1_000_000, 9_806_000]);
});
