import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { TimeCore } from "./core.ts";

/** A tree under a clock that is set by hand. */
function treeAt(functions = 10): { tree: TimeCore; at: (now: number) => TimeCore } {
  let now = 0;
  const tree = new TimeCore({ functions, clock: () => now, eventNs: 100, share: 0.01 });
  return { tree, at: (time) => ((now = time), tree) };
}

function lines(core: TimeCore): string[] {
  const tree = core.tree();
  return Array.from({ length: tree.count }, (_, node) => {
    const path = [];
    for (let up = node; up > 0; up = tree.parents[up]!) path.unshift(tree.functions[up]!);
    return `${path.join(";")} ${tree.calls[node]} ${tree.self[node]}`;
  });
}

describe("the tree of TimeCore", () => {
  it("books time on the innermost call, by the way that led there", () => {
    const { tree, at } = treeAt();
    at(1).open(5);
    at(3).open(6);
    at(7).close();
    assert.deepEqual(tree.ended, { func: 6, ownNs: 4, wholeNs: 4 });
    at(8).open(6);
    at(9).close();
    at(10).close();
    assert.deepEqual(tree.ended, { func: 5, ownNs: 4, wholeNs: 9 });
    at(11).open(6);
    at(15).close();
    at(16).settle();
    assert.deepEqual(lines(tree), [" 0 3", "5 1 4", "5;6 2 5", "6 1 4"]);
  });

  it("ends all calls that something thrown has passed", () => {
    const { tree, at } = treeAt();
    at(0).open(1);
    at(1).open(2);
    at(2).open(3);
    at(10).unwindTo(1);
    assert.deepEqual([tree.depth, tree.cut], [1, 2]);
    at(11).close();
    assert.deepEqual(lines(tree), [" 0 0", "1 1 2", "1;2 1 1", "1;2;3 1 8"]);
    at(12).close();
    assert.equal(tree.depth, 0);
  });

  it("follows a recursion 64 levels deep, and books what is deeper on the innermost", () => {
    const { tree, at } = treeAt();
    for (let level = 0; level < 100; level++) at(level).open(1);
    for (let level = 0; level < 100; level++) at(100 + level).close();
    const { count, calls } = tree.tree();
    assert.equal(count, 65);
    assert.deepEqual([calls[63], calls[64]], [1, 37]);
    assert.equal(tree.openCalls(1), 0);
  });

  it("keeps all time, and as many calls as began, whatever comes in which order", () => {
    const steps = fc.array(fc.record({ wait: fc.nat(9), act: fc.integer({ min: -4, max: 7 }) }), {
      maxLength: 5000,
    });
    fc.assert(
      fc.property(steps, (list) => {
        const { tree, at } = treeAt(8);
        let now = 0;
        let entered = 0;
        for (const { wait, act } of list) {
          now += wait;
          if (act === -4) at(now).unwindTo(Math.floor(tree.depth / 2));
          else if (act < 0) at(now).close();
          else {
            at(now).open(act);
            entered++;
          }
        }
        at(now).unwindTo(0);
        tree.settle();
        const { self, calls, parents } = tree.tree();
        const sum = (values: Float64Array): number =>
          values.reduce((left, right) => left + right, 0);
        assert.deepEqual([sum(self), sum(calls)], [now, entered]);
        assert.ok(parents.every((parent, node) => parent < node));
      }),
      { numRuns: 50 },
    );
  });
});
