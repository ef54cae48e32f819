import assert from "node:assert/strict";
import { test } from "node:test";
import { newestMatching } from "./versions.ts";

const versions = ["0.2.9", "0.19.0", "0.28.0", "0.28.1", "9.0.0", "17.0.1", "17.0.0", "50.0.1"];

for (const [prefix, expected] of [
  [undefined, "50.0.1"],
  ["17", "17.0.1"],
  ["17.0.0", "17.0.0"],
  ["0.28", "0.28.1"],
  ["0.2", "0.2.9"],
  ["0", "0.28.1"],
  ["1", undefined],
  ["17.0.1.1", undefined],
] as const) {
  test(`finds ${expected ?? "nothing"} for ${prefix ?? "no version"}`, () => {
    assert.equal(newestMatching(versions, prefix), expected);
  });
}
