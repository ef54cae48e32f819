import assert from "node:assert/strict";
import { test } from "node:test";
import { levelText } from "./summary-text.ts";

for (const [level, text] of [
  [0.99, "99 %"],
  [0.992_187_5, "99.2 %"],
  [0.5, "50 %"],
  [0.9999, "99.99 %"],
  [0.999_96, "99.996 %"],
  [1 - 2 ** -29, "99.9999998 %"],
  [1, "100 %"],
] as const)
  test(`an interval of level ${level} says ${text}`, () => {
    assert.equal(levelText(level), text);
  });
