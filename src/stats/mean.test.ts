import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { geometricMean, mean, standardDeviation } from "./mean.ts";

const near = (a: number, b: number): void =>
  assert.ok(Math.abs(a / b - 1) < 1e-9, `${a} is not near ${b}`);

test("means and deviation of known samples", () => {
  assert.equal(mean([1, 2, 6]), 3);
  near(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), 2.138089935299395);
  near(geometricMean([1, 4, 16]), 4);
  near(geometricMean([1e300, 1e300]), 1e300);
});

test("the geometric mean of inverse ratios is the inverse", () => {
  const ratios = fc.array(fc.double({ noNaN: true, min: 1e-3, max: 1e3 }), { minLength: 1 });
  fc.assert(
    fc.property(ratios, (data) =>
      near(geometricMean(data.map((ratio) => 1 / ratio)), 1 / geometricMean(data)),
    ),
  );
});

test("samples that have no such mean are refused", () => {
  assert.throws(() => mean([]), RangeError);
  assert.throws(() => standardDeviation([1]), RangeError);
  assert.throws(() => geometricMean([1, 0]), RangeError);
  assert.throws(() => geometricMean([1, Number.NaN]), RangeError);
  assert.throws(() => geometricMean([]), RangeError);
});
