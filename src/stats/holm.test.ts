import assert from "node:assert/strict";
import { test } from "node:test";
import { holm } from "./holm.ts";
import { markOutliers } from "./outliers.ts";
import { AlphaSpending, narrowEnough, nextLook } from "./sequential.ts";

test("Holm's correction, in the order given", () => {
  const corrected = holm([0.04, 0.01, 0.03]).map((p) => Math.round(p * 1e6) / 1e6);
  assert.deepEqual(corrected, [0.06, 0.03, 0.06]);
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

test("outliers are marked, not removed", () => {
  assert.deepEqual(markOutliers([10, 11, 9, 10, 12, 100]), [
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  assert.deepEqual(markOutliers([1, 1, 1, 1, 2]), [false, false, false, false, false]);
});

test("all looks together spend what one look may", () => {
  const spending = new AlphaSpending(0.99);
  const looks = [0.1, 0.2, 0.5, 0.8, 1].map((used) => spending.look(used));
  const sum = looks.reduce((total, { level }) => total + 1 - level, 0);
  assert.ok(Math.abs(sum - 0.01) < 1e-12);
  assert.ok(looks.every(({ level }) => level >= 0.99));
  assert.ok(Math.abs(looks.at(-1)!.spent - 1) < 1e-12);
});

test("a look beyond the budget has nothing to spend", () => {
  const spending = new AlphaSpending(0.99);
  spending.look(1);
  assert.equal(spending.look(1.3).level, 1);
});

test("narrow is half the width; looks grow by half", () => {
  assert.equal(narrowEnough({ low: 0.99, high: 1.01 }, 0.02), true);
  assert.equal(narrowEnough({ low: 0.9, high: 1.1 }, 0.02), false);
  assert.deepEqual([2, 10, 15].map(nextLook), [4, 15, 23]);
});
