import assert from "node:assert/strict";
import { test } from "node:test";
import { Probes } from "./pace.ts";

for (const [what, warmNs, runs, perSample] of [
  ["short runs are put together, ten samples of them", [1000], 4000, 400],
  ["the slowest arm says how many", [1e6, 100e6], 5, 1],
  ["a long run is one", [12e9], 1, 1],
  ["the fastest arm says how many make a sample", [10_000, 1e6], 400, 40],
] as const) {
  test(what, () => {
    const probes = new Probes();
    probes.warmNs.push(...warmNs);
    const pace = probes.pace(100);
    assert.deepEqual([pace.warmRuns, pace.warmPerSample], [runs, perSample]);
  });
}

test("steady calls: five samples at least", () => {
  const probes = new Probes();
  probes.hotNs.push(10, 1e9);
  const { hotCalls, hotPerSample } = probes.pace(100);
  assert.deepEqual([hotCalls, hotPerSample], [200_000, 40_000]);
});
