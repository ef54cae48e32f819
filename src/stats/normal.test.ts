import assert from "node:assert/strict";
import { test } from "node:test";
import { normalCdf, normalQuantile, studentQuantile } from "./normal.ts";

test("the normal distribution's table", () => {
  for (const [z, p] of [
    [-3.290527, 0.0005],
    [-1.959964, 0.025],
    [0, 0.5],
    [2.575829, 0.995],
  ] as const) {
    assert.ok(Math.abs(normalCdf(z) / p - 1) < 1e-6, `cdf of ${z}`);
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-6, `quantile of ${p}`);
  }
  assert.throws(() => normalQuantile(0), RangeError);
});

test("Student's table at 99 %", () => {
  for (const [degrees, t] of [
    [4, 4.604],
    [9, 3.25],
    [30, 2.75],
  ] as const) {
    assert.ok(Math.abs(studentQuantile(0.995, degrees) / t - 1) < 0.003);
  }
});
