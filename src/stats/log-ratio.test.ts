import assert from "node:assert/strict";
import { test } from "node:test";
import { medianInterval, pairedRatio, probabilityBelow, unpairedRatio } from "./log-ratio.ts";
import { signedRankChances, rankSumChances } from "./rank-chances.ts";

const near = (a: number, b: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(a - b) < tolerance, `${a} is not near ${b}`);

test("chances of rank sums are those of the tables", () => {
  // Wilcoxon's table: for ten pairs P(W <= 8) = 0.0244, P(W <= 3) = 0.0049.
  near(signedRankChances(10)[8]!, 0.0244140625);
  near(signedRankChances(10)[3]!, 0.0048828125);
  // Mann and Whitney's: 5 and 4 samples, P(U <= 1) = 2 / 126.
  near(rankSumChances(5, 4)[1]!, 2 / 126);
  near(rankSumChances(5, 4)[20]!, 1);
});

test("the normal approximation goes on where exact chances end", () => {
  const [exact, rough] = [signedRankChances(120), signedRankChances(121)];
  near(exact[3000]!, rough[3060]!, 0.02);
  near(rankSumChances(30, 30)[300]!, rankSumChances(30, 31)[311]!, 0.005);
});

test("a ratio comes out as it is, and its inverse as the inverse", () => {
  const base = [10, 12, 11, 14, 9, 10, 13, 12];
  const slow = base.map((value, i) => value * (1.2 + i / 100));
  const forth = pairedRatio(slow, base);
  const back = pairedRatio(base, slow);
  near(forth.estimate * back.estimate, 1);
  near(forth.low * back.high, 1);
  near(forth.low, 1.2);
  near(forth.high, 1.27);
  assert.equal(forth.level, 0.99);
  near(forth.p, 2 / 2 ** 8);
});

test("too few blocks for a level give all that was seen, at the level that it covers", () => {
  const { low, high, level } = pairedRatio([2, 3, 4], [1, 1, 1]);
  near(low, 2);
  near(high, 4);
  near(level, 1 - 2 / 8);
});

test("equal values differ by nothing, with certainty of nothing", () => {
  const { estimate, p } = pairedRatio([5, 5, 5, 5], [5, 5, 5, 5]);
  assert.deepEqual([estimate, p], [1, 1]);
});

test("arms measured apart: the ratio of shifted samples", () => {
  const base = Array.from({ length: 12 }, (_, i) => 100 + i);
  const { estimate, low, high, p } = unpairedRatio(
    base.map((value) => value * 1.5),
    base,
  );
  near(estimate, 1.5, 1e-3);
  assert.ok(low > 1.4 && high < 1.6 && p < 1e-5);
  assert.ok(unpairedRatio(base, base).p > 0.9);
});

test("the chance to be faster counts pairs, ties as half", () => {
  assert.equal(probabilityBelow([1, 2], [3, 4]), 1);
  assert.equal(probabilityBelow([1, 3], [2, 3]), 0.625);
});

test("the interval of a median lies on samples: the sign test's", () => {
  const twenty = Array.from({ length: 20 }, (_, i) => i + 1);
  // P(heads <= 3 of 20) = 0.0013, <= 4: 0.0059 > 0.005.
  const { low, high, estimate } = medianInterval(twenty);
  assert.deepEqual([low, estimate, high], [4, 10.5, 17]);
  near(medianInterval([1, 2, 3, 4, 5]).level, 1 - 2 / 32);
});

test("what is not a time is refused", () => {
  assert.throws(() => pairedRatio([1, 0], [1, 1]), RangeError);
  assert.throws(() => pairedRatio([1], [1, 2]), /1 measurements, 2 baselines/);
  assert.throws(() => pairedRatio([], []), RangeError);
});
