import assert from "node:assert/strict";
import { test } from "node:test";
import { geometricMeanRatio, medianRatio, pairRatios } from "./ratio.ts";
import { randomNormal, seededRandom } from "./random.ts";
import type { Random } from "./random.ts";

// Run times of a shared machine: a slow drift that both halves of a pair see, and noise of their own with a heavy tail.
function pairs(random: Random, count: number, ratio: number): { slow: number[]; base: number[] } {
  const noise = (): number =>
    Math.exp(0.02 * randomNormal(random) + (random() < 0.1 ? random() : 0));
  const slow: number[] = [];
  const base: number[] = [];
  for (let i = 0; i < count; i++) {
    const drift = Math.exp(0.3 * randomNormal(random));
    base.push(100 * drift * noise());
    slow.push(100 * drift * noise() * ratio);
  }
  return { slow, base };
}

function coverage(rounds: number, covers: (random: Random) => boolean): number {
  const random = seededRandom(11);
  let covered = 0;
  for (let i = 0; i < rounds; i++) if (covers(random)) covered++;
  return covered / rounds;
}

for (const count of [10, 11, 30]) {
  test(`the 95 % interval of ${count} pairs covers the true ratio about as often as it says`, () => {
    const share = coverage(600, (random) => {
      const { slow, base } = pairs(random, count, 1.13);
      const { low, high } = medianRatio(slow, base, { resamples: 400 });
      return low <= 1.13 && 1.13 <= high;
    });
    // A true 0.95 stays within +-0.027 in 599 of 600 experiments of 600 rounds; order statistics are coarse at ten.
    assert.ok(share > 0.915 && share < 0.99, `covered ${share}`);
  });
}

test("an interval of a lower level is narrower and covers less often", () => {
  const share = coverage(400, (random) => {
    const { slow, base } = pairs(random, 20, 0.8);
    const wide = medianRatio(slow, base, { resamples: 300 });
    const { low, high } = medianRatio(slow, base, { resamples: 300, level: 0.5 });
    assert.ok(wide.low <= low && high <= wide.high);
    return low <= 0.8 && 0.8 <= high;
  });
  assert.ok(share > 0.4 && share < 0.62, `covered ${share}`);
});

test("the interval of a geometric mean over benchmarks covers the truth", () => {
  const truths = [1.02, 1.3, 0.97, 2.1];
  const truth = truths.reduce((product, ratio) => product * ratio, 1) ** (1 / truths.length);
  const share = coverage(400, (random) => {
    const ratios = truths.map((ratio) => {
      const { slow, base } = pairs(random, 12, ratio);
      return pairRatios(slow, base);
    });
    const { low, high } = geometricMeanRatio(ratios, { resamples: 300 });
    return low <= truth && truth <= high;
  });
  assert.ok(share > 0.91 && share < 0.995, `covered ${share}`);
});

test("pairing takes the drift of the machine out of the interval", () => {
  const { slow, base } = pairs(seededRandom(3), 30, 1.1);
  const paired = medianRatio(slow, base);
  const shuffled = medianRatio(slow, base.toReversed());
  assert.ok(shuffled.high - shuffled.low > 4 * (paired.high - paired.low));
});

test("the same samples give the same interval", () => {
  const { slow, base } = pairs(seededRandom(4), 10, 1.1);
  assert.deepEqual(medianRatio(slow, base), medianRatio(slow, base));
});

test("measurements that make no pairs are refused", () => {
  assert.throws(() => medianRatio([1, 2], [1]), /2 measurements, 1 baselines/);
  assert.throws(() => medianRatio([1], [0]), RangeError);
  assert.throws(() => medianRatio([], []), RangeError);
  assert.throws(() => geometricMeanRatio([]), RangeError);
});
