import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { logScale } from "./log-scale.ts";

const positive = fc.double({ min: 1e-9, max: 1e12, noNaN: true });

it("holds all values in order, with two ticks or more, not too many, all inside", () => {
  fc.assert(
    fc.property(fc.array(positive, { minLength: 1, maxLength: 20 }), (values) => {
      const { at, ticks, low, high } = logScale(values, 7);
      for (const value of values) assert.ok(at(value) > 0 && at(value) < 1, `${value}`);
      const sorted = values.toSorted((a, b) => a - b).map(at);
      assert.deepEqual(
        sorted.toSorted((a, b) => a - b),
        sorted,
      );
      assert.ok(ticks.length >= 1 && ticks.length <= 8, `${ticks.length} of ${low} to ${high}`);
      for (const tick of ticks) assert.ok(tick >= low && tick <= high);
    }),
  );
});

it("draws equal ratios at equal distances", () => {
  const { at } = logScale([1, 1000], 5);
  assert.ok(Math.abs(at(10) - at(1) - (at(100) - at(10))) < 1e-12);
});

it("gives an axis where there are no values", () => {
  assert.ok(logScale([], 5).ticks.length > 0);
  assert.equal(logScale([NaN, -1, 0, Infinity, 5], 5).at(0), 0);
});
