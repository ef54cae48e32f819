import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { TimeTree } from "./time-tree.ts";

/** A tree under a clock that is set by hand. */
function treeAt(functions = 10): { tree: TimeTree; at: (now: number) => TimeTree } {
  let now = 0;
  const tree = new TimeTree(functions, () => now);
  return { tree, at: (time) => ((now = time), tree) };
}

function lines(tree: TimeTree): string[] {
  return Array.from({ length: tree.count }, (_, node) => {
    const path = [];
    for (let up = node; up > 0; up = tree.parents[up]!) path.unshift(tree.functions[up]!);
    return `${path.join(";")} ${tree.calls[node]} ${tree.self[node]}`;
  });
}

describe("TimeTree", () => {
  it("books time on the innermost call, by the way that led there", () => {
    const { tree, at } = treeAt();
    at(1).enter(5);
    at(3).enter(6);
    at(7).leave();
    assert.deepEqual([tree.endedFunc, tree.ownNs, tree.wholeNs], [6, 4, 4]);
    at(8).enter(6);
    at(9).leave();
    at(10).leave();
    assert.deepEqual([tree.endedFunc, tree.ownNs, tree.wholeNs], [5, 4, 9]);
    at(11).enter(6);
    at(15).leave();
    at(16).settle();
    assert.deepEqual(lines(tree), [" 0 3", "5 1 4", "5;6 2 5", "6 1 4"]);
  });

  it("ends all calls that something thrown has passed", () => {
    const { tree, at } = treeAt();
    at(0).enter(1);
    at(1).enter(2);
    at(2).enter(3);
    at(10).unwindTo(1);
    assert.deepEqual([tree.depth, tree.cut], [1, 2]);
    at(11).leave();
    assert.deepEqual(lines(tree), [" 0 0", "1 1 2", "1;2 1 1", "1;2;3 1 8"]);
    at(12).leave();
    assert.equal(tree.depth, 0);
  });

  it("follows a recursion 64 levels deep, and books what is deeper on the innermost", () => {
    const { tree, at } = treeAt();
    for (let level = 0; level < 100; level++) at(level).enter(1);
    for (let level = 0; level < 100; level++) at(100 + level).leave();
    assert.equal(tree.count, 65);
    assert.deepEqual([tree.calls[63], tree.calls[64]], [1, 37]);
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
          else if (act < 0) at(now).leave();
          else {
            at(now).enter(act);
            entered++;
          }
        }
        at(now).unwindTo(0);
        tree.settle();
        const sum = (values: Float64Array): number =>
          values.slice(0, tree.count).reduce((left, right) => left + right, 0);
        assert.deepEqual([sum(tree.self), sum(tree.calls)], [now, entered]);
        for (let node = 1; node < tree.count; node++) assert.ok(tree.parents[node]! < node);
      }),
      { numRuns: 50 },
    );
  });
});
