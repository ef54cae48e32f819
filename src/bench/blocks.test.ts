import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../stats/index.ts";
import { aboveTimerFloor, callsPerSample, shuffled } from "./blocks.ts";

test("a shuffle keeps all, and every place is as likely for each", () => {
  const random = seededRandom(3);
  const counts = [0, 0, 0, 0];
  for (let round = 0; round < 4000; round++) {
    const order = shuffled(["a", "b", "c", "d"], random);
    assert.equal(order.toSorted().join(""), "abcd");
    counts[order.indexOf("a")]!++;
  }
  assert.ok(
    counts.every((count) => Math.abs(count - 1000) < 110),
    counts.join(" "),
  );
});

for (const [callNs, resolutionNs, calls] of [
  [1, 50, 200_000],
  [100_000, 50, 2],
  [1e9, 50, 1],
] as const) {
  test(`${calls} calls of ${callNs} ns make a sample at a resolution of ${resolutionNs} ns`, () => {
    assert.equal(callsPerSample(callNs, resolutionNs), calls);
  });
}

test("no ratio below the clock's floor, whatever the number of calls", () => {
  assert.ok(aboveTimerFloor(60_000, 1, 50));
  assert.ok(!aboveTimerFloor(40_000, 1, 50));
  assert.ok(aboveTimerFloor(40_000, 2, 50));
  // Each call of 100 ns has the reading of the clock in it.
  assert.ok(!aboveTimerFloor(100, 100_000, 50));
});
