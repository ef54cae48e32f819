import assert from "node:assert/strict";
import { test } from "node:test";
import { hodgesLehmann, hodgesLehmannInterval, hodgesLehmannShift } from "./hodges-lehmann.ts";
import { mean, standardDeviation } from "./mean.ts";
import { median } from "./quantile.ts";
import { randomNormal, seededRandom } from "./random.ts";

const normal = (random: () => number, count: number, centre: number): number[] =>
  Array.from({ length: count }, () => centre + randomNormal(random));

test("the estimate of known samples", () => {
  // Pairwise means of 1, 2, 6: 1, 1.5, 3.5, 2, 4, 6.
  assert.equal(hodgesLehmann([1, 2, 6]), 2.75);
  assert.equal(hodgesLehmannShift([5, 7], [1, 2]), 4.5);
});

test("the interval agrees with R's wilcox.test(conf.int = TRUE)", () => {
  // Ten samples, 95 %: the cut is 9, so the ninth smallest and largest of 55 pairwise means.
  const powers = Array.from({ length: 10 }, (_, i) => 2 ** i);
  const averages = powers
    .flatMap((x, i) => powers.slice(i).map((y) => (x + y) / 2))
    .toSorted((a, b) => a - b);
  const { low, high } = hodgesLehmannInterval(powers);
  assert.equal(low, averages[8]);
  assert.equal(high, averages[55 - 9]);
});

test("five samples cannot give a 95 % interval, six can", () => {
  const five = hodgesLehmannInterval([1, 2, 3, 4, 5]);
  assert.deepEqual([five.low, five.high], [-Infinity, Infinity]);
  const six = hodgesLehmannInterval([1, 2, 3, 4, 5, 6]);
  assert.deepEqual([six.low, six.high], [1, 6]);
});

test("the 95 % interval covers the centre as often as it says", () => {
  const random = seededRandom(5);
  const rounds = 1500;
  let covered = 0;
  for (let i = 0; i < rounds; i++) {
    const { low, high } = hodgesLehmannInterval(normal(random, 10, 3));
    if (low <= 3 && 3 <= high) covered++;
  }
  assert.ok(covered / rounds > 0.935 && covered / rounds < 0.968, `covered ${covered / rounds}`);
});

test("it spreads less than the median on normal noise and less than the mean with outliers", () => {
  const random = seededRandom(6);
  const spread = (estimate: (samples: number[]) => number, outliers: boolean): number =>
    standardDeviation(
      Array.from({ length: 400 }, () => {
        const samples = normal(random, 15, 0);
        return estimate(outliers ? samples.map((x) => (random() < 0.1 ? x * 20 : x)) : samples);
      }),
    );
  assert.ok(spread(hodgesLehmann, false) < spread(median, false) * 0.93);
  assert.ok(spread(hodgesLehmann, true) < spread(mean, true) * 0.5);
});
