import assert from "node:assert/strict";
import { test } from "node:test";
import { LoadError, loads, parseLoads } from "./load.ts";

const rows: readonly [text: string, expected: readonly (readonly [string, readonly number[]])[]][] =
  [
    ["small-writes:1k,4k,16k", [["small-writes", [1000, 4000, 16_000]]]],
    ["sleeps:5", [["sleeps", [5]]]],
    ["copy:2M", [["copy", [2_000_000]]]],
    ["opens", [["opens", [1000, 4000, 16_000]]]],
  ];

test("reads loads and sizes", () => {
  for (const [text, expected] of rows) {
    const chosen = parseLoads(text).map(({ load, sizes }) => [load.name, sizes]);
    assert.deepEqual(chosen, expected);
  }
  assert.deepEqual(
    parseLoads("all:10").map(({ load, sizes }) => [load, sizes]),
    loads.map((load) => [load, [10]]),
  );
});

test("says what cannot be read", () => {
  for (const [text, message] of [
    ["nothing", /no load is called nothing; there are small-reads, .*: all$/],
    ["opens:0", /opens:0: 0 is no size/],
    ["opens:1k,", /opens:1k,: {2}is no size/],
    ["opens:1:2", /NAME:SIZE,SIZE/],
    ["opens:5g", /5g is no size/],
  ] as const) {
    assert.throws(
      () => parseLoads(text),
      (error) => error instanceof LoadError && message.test(error.message),
    );
  }
});

test("every load has a name of its own, and sizes that show growth", () => {
  assert.equal(new Set(loads.map(({ name }) => name)).size, loads.length);
  for (const { sizes } of loads) assert.ok(sizes.length >= 3);
});
