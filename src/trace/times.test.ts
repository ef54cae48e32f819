import assert from "node:assert/strict";
import { test } from "node:test";
import { quantileNs, startSteps, timesOf, trimmedMeanNs, unaccounted } from "./times.ts";

const none = {
  func: 1,
  calls: 0,
  ns: 0,
  syscallNs: 0,
  syscalls: 0,
  switches: 0,
  errors: 0,
  hops: 0,
};
const total = { ...none, histogram: [], sums: [] };
const marks = {
  exec: 1000,
  guest: 1400,
  firstCall: 1450,
  lastCall: 1800,
  guestEnd: 1900,
  exit: 2000,
};

test("takes each part from its own marks", () => {
  const calls = [{ ...total, calls: 2, ns: 120, syscallNs: 50 }];
  const times = timesOf({ ...marks, guestNs: 380, gapNs: 0 }, calls)!;
  assert.deepEqual(times, {
    totalNs: 1000,
    startupNs: 400,
    guestNs: 380,
    wasiNs: 120,
    syscallNs: 50,
    teardownNs: 100,
  });
  assert.equal(unaccounted(times), 0);
  // Were the guest's time a remainder, this could not be seen.
  const short = timesOf({ ...marks, guestNs: 330, gapNs: 0 }, calls)!;
  assert.equal(unaccounted(short), 0.05);
});

test("counts what lies between two activations of the guest as start", () => {
  assert.equal(timesOf({ ...marks, guestNs: 0, gapNs: 30 }, [])!.startupNs, 430);
});

test("goes by the calls where begin and end are not seen", () => {
  const { guest: _guest, guestEnd: _end, ...seen } = marks;
  const times = timesOf({ ...seen, guestNs: 0, gapNs: 0 }, [])!;
  assert.equal(times.startupNs, 450);
  assert.equal(times.teardownNs, 200);
  const { exit: _exit, ...running } = marks;
  assert.equal(timesOf({ ...running, guestNs: 0, gapNs: 0 }, []), undefined);
});

test("splits the start as far as it was seen", () => {
  const base = { ...marks, guestNs: 0, gapNs: 0 };
  const steps = (more: object): [string, number][] =>
    startSteps({ ...base, ...more }).map(({ name, ns }) => [name, ns]);
  assert.deepEqual(steps({ compile: 1100, instantiate: 1350 }), [
    ["ready", 100],
    ["compile", 250],
    ["instantiate", 50],
  ]);
  assert.deepEqual(steps({ compile: 1100 }), [
    ["ready", 100],
    ["compile", 300],
  ]);
  assert.deepEqual(steps({ instantiate: 1350 }), [
    ["ready", 350],
    ["instantiate", 50],
  ]);
  assert.deepEqual(steps({}), []);
});

test("finds quantiles and trimmed means by the sums of buckets", () => {
  const histogram = [0, 0, 0, 8, 1, 1];
  const sums = [0, 0, 0, 24, 40, 1000];
  assert.equal(quantileNs(histogram, 0.5, sums), 3);
  assert.equal(quantileNs(histogram, 0.99, sums), 1000);
  assert.equal(trimmedMeanNs(histogram, sums, [0, 0.8]), 3);
  assert.equal(trimmedMeanNs(histogram, sums, [0, 0.9]), 64 / 9);
  assert.equal(trimmedMeanNs(histogram, sums, [0, 1]), 106.4);
  assert.equal(trimmedMeanNs([], [], [0, 1]), undefined);
});
