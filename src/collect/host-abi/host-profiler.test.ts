import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { functionTotals, subtreeValues } from "../../profile/index.ts";
import type { Profile } from "../../profile/index.ts";
import { hostProfiler } from "../index.ts";
import type { HostProfiler, HostProfilerOptions } from "../index.ts";

const module = { name: "test.wasm", sha256: "" };

/** A profiler with a clock that moves only when it is told to. */
function withClock(options: HostProfilerOptions = {}): {
  profiler: HostProfiler;
  start: (funcIndex: number) => void;
  end: () => void;
  pass: (nanoseconds: number) => void;
  profile: () => Profile;
  lines: () => string[];
} {
  let now = 1000;
  const profiler = hostProfiler({ clock: () => now, ...options });
  const { perf_start: start, perf_end: end } = profiler.imports["wasmscope"]!;
  const profile = (): Profile =>
    profiler.profile(module, (funcIndex) => ({ name: `f${funcIndex}`, funcIndex }));
  return {
    profiler,
    start,
    end,
    pass: (nanoseconds) => void (now += nanoseconds),
    profile,
    lines: () => linesOf(profile()),
  };
}

/** Lists each node as `stack calls time`. */
function linesOf({ parents, nodeFrames, frames, selfValues }: Profile): string[] {
  const stacks: string[] = [];
  return Array.from(parents, (parent, node) => {
    const { name } = frames[nodeFrames[node]!]!;
    stacks[node] = parent < 0 ? name : `${stacks[parent]!};${name}`;
    return `${stacks[node]} ${selfValues[0]![node]} ${selfValues[1]![node]}`;
  });
}

describe("hostProfiler", () => {
  it("gives each context its calls and its own time: what its callees took is taken off", () => {
    const { start, end, pass, profile, lines } = withClock();
    start(1);
    pass(10);
    for (const time of [3, 4]) {
      start(2);
      pass(time);
      end();
      pass(1);
    }
    end();
    pass(1000);
    start(2);
    pass(5);
    end();
    assert.deepEqual(lines(), ["f1 1 12", "f1;f2 2 7", "f2 1 5"]);
    const { mode, valueTypes, primary, notes } = profile();
    assert.deepEqual([mode, primary, notes], ["host", 1, []]);
    assert.deepEqual(
      valueTypes.map(({ name, unit }) => `${name}/${unit}`),
      ["calls/count", "time/nanoseconds"],
    );
  });

  it("gives recursion a node for each depth, and counts its time once", () => {
    const { start, end, pass, profile, lines } = withClock();
    for (let depth = 0; depth < 3; depth++) {
      start(7);
      pass(1);
    }
    for (let depth = 0; depth < 3; depth++) end();
    assert.deepEqual(lines(), ["f7 1 1", "f7;f7 1 1", "f7;f7;f7 1 1"]);
    assert.deepEqual(functionTotals(profile())[0]?.total, [3, 3]);
  });

  it("takes a clock of bigints far beyond the safe integers", () => {
    let now = 1_700_000_000_000_000_001n;
    const { start, end, lines } = withClock({ clock: () => now });
    start(1);
    now += 3n;
    end();
    assert.deepEqual(lines(), ["f1 1 3"]);
  });

  it("measures with its own clock in nanoseconds", () => {
    const profiler = hostProfiler();
    const { perf_start: start, perf_end: end } = profiler.imports["wasmscope"]!;
    const before = process.hrtime.bigint();
    start(1);
    for (const until = performance.now() + 20; performance.now() < until;);
    end();
    const whole = Number(process.hrtime.bigint() - before);
    const time = profiler.profile(module, () => ({ name: "f" })).selfValues[1]![0]!;
    assert.ok(time >= 20e6 && time <= whole + 1e6, `${time} of ${whole}`);
  });

  it("keeps the tree balanced when the pool is full, and says how many calls are missing", () => {
    const { start, end, pass, profile, lines } = withClock({ poolSize: 2 });
    start(1);
    start(2);
    // No room for f3 below f2, nor for what it calls, even where that has a node elsewhere.
    start(3);
    start(2);
    pass(4);
    end();
    end();
    pass(1);
    end();
    end();
    start(1);
    start(2);
    pass(2);
    end();
    end();
    start(9);
    end();
    assert.deepEqual(lines(), ["f1 2 0", "f1;f2 2 7"]);
    assert.deepEqual(profile().notes, [
      "The pool of 2 nodes was full: 3 calls are missing, their time stands with the nearest caller that is in the tree.",
    ]);
  });

  it("passes over ends without a start", () => {
    const { start, end, pass, lines, profile } = withClock();
    end();
    start(1);
    pass(2);
    end();
    end();
    start(1);
    pass(3);
    end();
    assert.deepEqual(lines(), ["f1 2 5"]);
    assert.deepEqual(profile().notes, ["2 ends came without a start and were passed over."]);
  });

  it("counts calls that have not ended up to now, each time it is asked", () => {
    const { start, pass, lines, profile } = withClock();
    start(1);
    pass(2);
    start(2);
    pass(3);
    assert.deepEqual(lines(), ["f1 1 2", "f1;f2 1 3"]);
    pass(10);
    assert.deepEqual(lines(), ["f1 1 2", "f1;f2 1 13"]);
    assert.deepEqual(profile().notes, ["2 calls had not ended: their time so far is counted."]);
  });

  it("ends what a trap left open, at reset", () => {
    const { profiler, start, end, pass, lines, profile } = withClock();
    start(1);
    start(2);
    pass(3);
    profiler.reset();
    pass(100);
    start(1);
    pass(1);
    end();
    assert.deepEqual(lines(), ["f1 2 1", "f1;f2 1 3"]);
    assert.deepEqual(profile().notes, ["2 calls were ended by an exception or a trap."]);
  });

  it("ends what an exception left open, at the guard it passes, and no more", () => {
    const { profiler, start, end, pass, lines } = withClock();
    const fails = profiler.guard((text: string) => {
      start(2);
      start(3);
      pass(5);
      throw new Error(text);
    });
    start(1);
    assert.throws(() => fails("passed on"), /passed on/);
    pass(1);
    start(4);
    pass(2);
    end();
    end();
    assert.deepEqual(lines(), ["f1 1 1", "f1;f2 1 0", "f1;f2;f3 1 5", "f1;f4 1 2"]);
    assert.equal(profiler.guard((left: number, right: number) => left + right)(1, 2), 3);
  });

  it("guards while the pool is full, too", () => {
    const { profiler, start, end, pass, lines } = withClock({ poolSize: 1 });
    const fails = profiler.guard(() => {
      start(3);
      start(4);
      throw new Error("out");
    });
    start(1);
    start(2);
    assert.throws(fails);
    end();
    pass(1);
    end();
    assert.throws(fails);
    start(1);
    pass(2);
    end();
    assert.deepEqual(lines(), ["f1 2 3"]);
  });

  it("names its imports as the module wants them", () => {
    const { imports } = hostProfiler({ importModule: "env" });
    assert.deepEqual(Object.keys(imports), ["env"]);
    assert.deepEqual(Object.keys(imports["env"]!).toSorted(), ["perf_end", "perf_start"]);
  });

  it("refuses a pool that is none", () => {
    for (const poolSize of [0, -1, 1.5, NaN, 2 ** 40]) {
      assert.throws(() => hostProfiler({ poolSize }), RangeError);
    }
  });

  it("agrees with a plain model on any sequence of starts, ends and times", () => {
    const action = fc.oneof(
      fc.record({ start: fc.nat(3), time: fc.nat(5) }),
      fc.record({ start: fc.constant(-1), time: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const { start, end, pass, profile, lines } = withClock({ poolSize: 300 });
        const calls = new Map<string, number>();
        const times = new Map<string, number>();
        const stack: string[] = [];
        let inside = 0;
        for (const { start: funcIndex, time } of actions) {
          if (funcIndex >= 0) {
            start(funcIndex);
            stack.push(stack.length === 0 ? `f${funcIndex}` : `${stack.at(-1)};f${funcIndex}`);
            calls.set(stack.at(-1)!, (calls.get(stack.at(-1)!) ?? 0) + 1);
          } else {
            end();
            stack.pop();
          }
          pass(time);
          if (stack.length === 0) continue;
          inside += time;
          times.set(stack.at(-1)!, (times.get(stack.at(-1)!) ?? 0) + time);
        }
        const expected = [...calls].map(([at, count]) => `${at} ${count} ${times.get(at) ?? 0}`);
        assert.deepEqual(lines().toSorted(), expected.toSorted());
        const sums = subtreeValues(profile(), 1);
        const total = profile().parents.reduce(
          (sum, parent, node) => sum + (parent < 0 ? sums[node]! : 0),
          0,
        );
        assert.equal(total, inside);
      }),
    );
  });
});
