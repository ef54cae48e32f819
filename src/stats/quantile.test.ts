import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { median, medianAbsoluteDeviation, quantile } from "./quantile.ts";

const samples = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), {
  minLength: 1,
  maxLength: 40,
});

test("quantiles interpolate as R's type 7 does", () => {
  // R: quantile(c(1, 2, 4, 8), c(0, .1, .25, .5, .9, 1))
  const data = [8, 1, 4, 2];
  assert.equal(quantile(data, 0), 1);
  assert.ok(Math.abs(quantile(data, 0.1) - 1.3) < 1e-12);
  assert.equal(quantile(data, 0.25), 1.75);
  assert.equal(quantile(data, 0.5), 3);
  assert.ok(Math.abs(quantile(data, 0.9) - 6.8) < 1e-12);
  assert.equal(quantile(data, 1), 8);
});

test("the median of an odd number of samples is the middle one, whatever their order", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([7]), 7);
  assert.equal(median([10, 9, 2]), 9); // as text, "10" would stand before "2"
});

test("half of the samples are not above the median and half are not below it", () => {
  fc.assert(
    fc.property(samples, (data) => {
      const middle = median(data);
      assert.ok(data.filter((x) => x <= middle).length * 2 >= data.length);
      assert.ok(data.filter((x) => x >= middle).length * 2 >= data.length);
    }),
  );
});

test("a quantile grows with p and keeps the samples as they were", () => {
  fc.assert(
    fc.property(samples, fc.double({ noNaN: true, min: 0, max: 1 }), (data, p) => {
      const copy = [...data];
      assert.ok(quantile(data, p / 2) <= quantile(data, p));
      assert.deepEqual(data, copy);
    }),
  );
});

test("one outlier does not move the median absolute deviation far", () => {
  assert.equal(medianAbsoluteDeviation([1, 2, 3, 4, 5]), 1);
  assert.equal(medianAbsoluteDeviation([1, 2, 3, 4, 5000]), 1);
});

test("no samples, NaN and a p outside its range are refused", () => {
  assert.throws(() => median([]), RangeError);
  assert.throws(() => median([1, Number.NaN]), RangeError);
  assert.throws(() => quantile([1], 1.01), RangeError);
  assert.throws(() => quantile([1], Number.NaN), RangeError);
});
