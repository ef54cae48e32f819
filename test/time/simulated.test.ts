import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { functionTotals, totalValues } from "../../src/profile/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { timeText } from "./timed-wat.ts";

/** The work of `complex` and `simple` stands 80 : 20; one round of both takes 100 `unit`s of nanoseconds. */
const example = (unit: number, rounds: number): string => `
  (func $complex (call $spend (i32.const ${80 * unit})))
  (func $simple (call $spend (i32.const ${20 * unit})))
  (func $main (export "run") (local $i i32)
    (loop
      (call $complex)
      (call $simple)
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${rounds})))))`;

function shares(profile: Profile): Record<string, number> {
  const all = totalValues(profile)[1]!;
  return Object.fromEntries(
    functionTotals(profile).map(({ frame, self }) => [
      `${frame.estimated ? "≈" : ""}${frame.name}`,
      (100 * self[1]!) / all,
    ]),
  );
}

const callsOf = (profile: Profile): Record<string, number> =>
  Object.fromEntries(functionTotals(profile).map(({ frame, self }) => [frame.name, self[0]!]));

describe("two functions whose work stands 80 : 20", () => {
  it("read 80 : 20 when each of their calls is timed", () => {
    const profile = timeText(example(1000, 500), { eventNs: 100, share: 0.01 });
    assert.deepEqual(shares(profile), { main: 0, complex: 80, simple: 20 });
    assert.deepEqual(callsOf(profile), { main: 1, complex: 500, simple: 500 });
    assert.deepEqual(totalValues(profile), [1001, 500 * 100_000]);
  });

  it("read 80 : 20 within two points with a clock that takes its time", () => {
    const profile = timeText(example(1000, 500), { clockNs: 50, eventNs: 100, share: 0.01 });
    const { complex, simple } = shares(profile);
    assert.ok(Math.abs(complex! - 80) < 2 && Math.abs(simple! - 20) < 2, `${complex} ${simple}`);
  });

  it("read 80 : 20 as estimates when their calls are too short to be timed", () => {
    const profile = timeText(example(10, 100_000), { eventNs: 100, share: 0.01 });
    const { "≈complex": complex, "≈simple": simple } = shares(profile);
    assert.ok(Math.abs(complex! - 80) < 0.1 && Math.abs(simple! - 20) < 0.1);
    assert.deepEqual(callsOf(profile), { main: 1, complex: 100_000, simple: 100_000 });
  });
});

it("sees a function that becomes slow later", () => {
  const profile = timeText(
    `(func $f (param i32) (call $spend (local.get 0)))
    (func (export "run") (local $i i32)
      (loop
        (call $f (i32.const 100))
        (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50000))))
      (loop
        (call $f (i32.const 1000000))
        (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 150000)))))`,
    { eventNs: 100, share: 0.01 },
  );
  const f = functionTotals(profile).find(({ frame }) => frame.name === "f")!;
  assert.equal(f.self[0], 150_000);
  // Off at 50,000 calls it is looked at again after at most as many, and timed from there on.
  const { nodeFrames, frames, selfValues } = profile;
  const ofF = selfValues[1]!.filter((_, node) => frames[nodeFrames[node]!]!.name === "f");
  assert.ok(ofF.reduce((sum, time) => sum + time, 0) > 0.9 * totalValues(profile)[1]!);
});

it("keeps the cost of timing within its share, whatever the program does", () => {
  let events = 0;
  const program = example(2, 200_000);
  const clockNs = 50;
  const profile = timeText(program, { clockNs, eventNs: 2 * clockNs, share: 0.01 });
  const work = 200_000 * 200;
  events = (totalValues(profile)[1]! - work) / (2 * clockNs);
  // Two milliseconds are granted to every run.
  assert.ok(events * 2 * clockNs < 0.011 * work + 2e6, `${events} timed calls`);
});
