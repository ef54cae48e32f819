import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProcessorClock } from "./processor-clock.ts";

const ms = 1e6;

function clockAt(): { clock: ProcessorClock; pass: (wallMs: number, cpuMs: number) => number } {
  let [wall, cpu] = [0, 0];
  const clock = new ProcessorClock(
    () => wall,
    () => cpu,
  );
  return {
    clock,
    pass(wallMs, cpuMs) {
      wall += wallMs * ms;
      cpu += cpuMs * ms;
      return clock.now() / ms;
    },
  };
}

describe("ProcessorClock", () => {
  it("runs with the processor, and stands still without it", () => {
    const { clock, pass } = clockAt();
    assert.equal(pass(0.5, 0.5), 0.5);
    assert.equal(pass(10, 2), 2.5);
    assert.equal(pass(3, 3), 5.5);
    assert.equal(clock.lostNs, 8 * ms);
  });

  it("never runs backwards, or ahead of the wall, when other threads work, too", () => {
    const { pass } = clockAt();
    assert.equal(pass(5, 9), 5);
    assert.equal(pass(5, 0), 5);
    assert.equal(pass(0.1, 0.1), 5.1);
  });

  it("counts what a function of the host waits", () => {
    let [wall, cpu] = [0, 0];
    const clock = new ProcessorClock(
      () => wall,
      () => cpu,
    );
    const sleep = clock.waiting((time: number) => {
      wall += time;
      cpu += 1;
    });
    sleep(50 * ms);
    assert.deepEqual([clock.now(), clock.lostNs], [50 * ms, 0]);
    wall += 50 * ms;
    assert.deepEqual([clock.now(), clock.lostNs], [50 * ms, 50 * ms]);
  });
});
