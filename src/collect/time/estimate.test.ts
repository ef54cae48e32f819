import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { estimateTimes } from "./estimate.ts";
import type { Stack, TimedRun } from "./regions.ts";

// Functions: the host's `write`, and those of the module.
const [write, main, parse, item, leaf] = [0, 1, 2, 3, 4];

/** Makes a run of lines `parent node, function, timed calls, own time`, in the order of nodes from 1 on. */
function run(
  nodes: readonly (readonly [parent: number, func: number, calls: number, self: number])[],
  calls: Readonly<Record<number, number>>,
  stacks: readonly Stack[] = [],
  means: Readonly<Record<number, number>> = {},
  hostTime = 0,
): TimedRun {
  return {
    importedFunctions: 1,
    tree: {
      count: nodes.length + 1,
      parents: Int32Array.from([-1, ...nodes.map(([parent]) => parent)]),
      functions: Int32Array.from([-1, ...nodes.map(([, func]) => func)]),
      calls: Float64Array.from([0, ...nodes.map(([, , count]) => count)]),
      self: Float64Array.from([hostTime, ...nodes.map(([, , , self]) => self)]),
    },
    calls: Float64Array.from({ length: 5 }, (_, func) => calls[func] ?? 0),
    meanOwn: (func) => means[func] ?? 0,
    stacks,
  };
}

function lines(from: TimedRun): string[] {
  return estimateTimes(from)
    .stacks.map(({ functions, calls, timeNs }) => `${functions.join(";")} ${calls} ${timeNs}`)
    .toSorted();
}

describe("estimateTimes", () => {
  it("leaves alone what was timed throughout", () => {
    const all = run(
      [
        [0, main, 1, 10],
        [1, parse, 3, 60],
        [2, write, 2, 30],
      ],
      { [main]: 1, [parse]: 3, [write]: 2 },
      [],
      {},
      5,
    );
    assert.deepEqual(lines(all), [" 0 5", "1 1 10", "1;2 3 60", "1;2;0 2 30"]);
    assert.deepEqual([...estimateTimes(all).measured], [1, 1, 1, 0, 0]);
  });

  it("shares the time of a region out as its samples say", () => {
    const stacks = [
      { functions: [main], hits: 1 },
      { functions: [main, item], hits: 2 },
      { functions: [main, item, leaf], hits: 7 },
      { functions: [main, parse], hits: 50 },
    ];
    const nodes = [
      [0, main, 1, 1000],
      [1, parse, 4, 3000],
    ] as const;
    const calls = { [main]: 1, [parse]: 4, [item]: 100, [leaf]: 900 };
    assert.deepEqual(lines(run(nodes, calls, stacks)), [
      "1 1 100",
      "1;2 4 3000",
      "1;3 100 200",
      "1;3;4 900 700",
    ]);
  });

  it("shows a measured function where samples saw it, below functions that were not timed", () => {
    const stacks = [
      { functions: [main, item, parse], hits: 30 },
      { functions: [main, leaf, parse], hits: 10 },
      { functions: [main], hits: 10 },
    ];
    const nodes = [
      [0, main, 1, 100],
      [1, parse, 8, 400],
    ] as const;
    assert.deepEqual(lines(run(nodes, { [main]: 1, [parse]: 8, [item]: 7, [leaf]: 5 }, stacks)), [
      "1 1 100",
      "1;3;2 6 300",
      "1;4;2 2 100",
      "3 7 0",
      "4 5 0",
    ]);
  });

  it("goes by means where there are hardly any samples, and never beyond what was measured", () => {
    const nodes = [
      [0, main, 1, 1000],
      [1, item, 8, 50],
      [2, leaf, 8, 20],
    ] as const;
    const calls = { [main]: 1, [item]: 100, [leaf]: 100 };
    const means = { [item]: 4, [leaf]: 1 };
    assert.deepEqual(lines(run(nodes, calls, [], means)), [
      "1 1 570",
      "1;3 100 400",
      "1;3;4 100 100",
    ]);
    const tooLong = { [item]: 40, [leaf]: 10 };
    assert.deepEqual(lines(run(nodes, calls, [], tooLong)), [
      "1 1 0",
      "1;3 100 856",
      "1;3;4 100 214",
    ]);
  });

  it("keeps all time and all calls", () => {
    const node = fc.record({
      func: fc.nat(4),
      up: fc.nat(1000),
      calls: fc.integer({ min: 1, max: 50 }),
      self: fc.nat(10_000),
    });
    const stack = fc.record({
      functions: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
      hits: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 20 }),
        fc.array(stack, { maxLength: 8 }),
        fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
        (nodes, stacks, untimed) => {
          const calls: Record<number, number> = {};
          for (const { func, calls: count } of nodes) calls[func] = (calls[func] ?? 0) + count;
          for (const func of Object.keys(calls)) calls[Number(func)]! += untimed[Number(func)]!;
          const rows = nodes.map(
            ({ func, up, calls: count, self }, nth) => [up % (nth + 1), func, count, self] as const,
          );
          const { stacks: made } = estimateTimes(run(rows, calls, stacks, { 2: 3, 3: 50 }, 7));
          const seen: Record<number, number> = {};
          let time = 0;
          for (const { functions, calls: count, timeNs } of made) {
            time += timeNs;
            assert.ok(timeNs >= 0 && count >= 0 && Number.isInteger(timeNs + count));
            if (functions.length > 0)
              seen[functions.at(-1)!] = (seen[functions.at(-1)!] ?? 0) + count;
          }
          assert.equal(
            time,
            nodes.reduce((sum, { self }) => sum + self, 7),
          );
          for (const func of Object.keys(calls))
            assert.equal(seen[Number(func)], calls[Number(func)]);
        },
      ),
    );
  });
});
