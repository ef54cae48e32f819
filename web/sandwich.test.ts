import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Profile } from "../src/profile/index.ts";
import { functionTotals } from "../src/profile/index.ts";
import { reportData } from "../src/report/html.ts";
import { profileOf, samples } from "../test/formats/samples.ts";
import { trees } from "../test/formats/trees.ts";
import type { Box } from "./flame-tree.ts";
import { calleeTree, callerTree } from "./flame-tree.ts";
import type { Model } from "./model.ts";
import { modelOf } from "./model.ts";
import { sandwichOf } from "./sandwich.ts";
import { matcherOf, search } from "./search.ts";

function modelFor(profile: Profile): Model {
  // As in a page: through the text.
  return modelOf(JSON.parse(JSON.stringify(reportData(profile))) as Model["data"]);
}

/** Profiles whose sums are exact: callers and callees are compared with `===`. */
const exact = trees.filter(({ selfValues }) =>
  selfValues.every((column) => column.reduce((left, right) => left + right, 0) < 2 ** 53),
);

function sum(values: readonly { readonly value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

/** Checks that children fit into their parents, down to a depth, and returns the boxes of all levels. */
function checkBoxes(box: Box, depth = 8): Box[] {
  const children = depth === 0 ? [] : box.children();
  let end = box.start;
  for (const child of children) {
    assert.equal(child.start, end);
    assert.ok(child.value > 0 && child.parent === box && child.level === box.level + 1);
    end += child.value;
  }
  assert.ok(end <= box.start + box.value);
  assert.deepEqual(
    children.map(({ func }) => func).length,
    new Set(children.map(({ func }) => func)).size,
  );
  return [box, ...children.flatMap((child) => checkBoxes(child, depth - 1))];
}

describe("the page's model", () => {
  it("has each function's totals, between callers and callees that add up to them", () => {
    fc.assert(
      fc.property(exact, (profile) => {
        const model = modelFor(profile);
        functionTotals(profile).forEach(({ self, total }, func) => {
          for (const column of [0, 1]) {
            const found = sandwichOf(model, column, func);
            assert.deepEqual([found.self, found.total], [self[column], total[column]]);
            assert.deepEqual(model.functions[func]!.total, total);
            assert.equal(sum(found.callers), total[column]);
            assert.equal(found.self + sum(found.callees), total[column]);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it("gives flame graphs from both ends, of all and of one function", () => {
    fc.assert(
      fc.property(exact, fc.nat(7), (profile, pick) => {
        const model = modelFor(profile);
        const totals = functionTotals(profile);
        fc.pre(totals.length > 0);
        const func = pick % totals.length;
        const all = profile.selfValues[1]!.reduce((left, right) => left + right, 0);
        for (const make of [calleeTree, callerTree]) {
          const whole = make(model, 1);
          assert.equal(whole.value, all);
          assert.equal(sum(whole.children()), all);
          checkBoxes(whole);
          const one = make(model, 1, func);
          assert.equal(one.value, totals[func]!.total[1]);
          checkBoxes(one);
        }
        const spent = callerTree(model, 1).children();
        for (const box of spent) assert.equal(box.value, totals[box.func]!.self[1]);
      }),
      { numRuns: 200 },
    );
  });

  it("merges the lines of a function into one box", () => {
    const root = calleeTree(modelFor(samples["inlined lines"]!), 1);
    assert.deepEqual(
      root.children().map(({ func, value, self }) => [func, value, self]),
      [[0, 26, 11]],
    );
  });
});

describe("search", () => {
  const model = modelFor(profileOf(["main 1 50", "main;a::b 1 30", "main;a::b;a::c 1 20"]));

  it("counts a stack once", () => {
    assert.equal(search(model, 1, "a::").value, 50);
    assert.equal(search(model, 1, "c").value, 20);
    assert.equal(search(model, 1, "main").value, 100);
    assert.deepEqual(search(model, 1, " ").functions, new Uint8Array(0));
  });

  it("understands words and expressions, also unfinished ones", () => {
    for (const [query, name, hit] of [
      ["B a", "a::b", true],
      ["b c", "a::b", false],
      ["/^a.*b$/", "A::B", true],
      ["/^b/", "a::b", false],
      ["/(/", "f/(/", true],
      ["__proto__", "__proto__", true],
    ] as const) {
      assert.equal(matcherOf(query)!(name), hit, query);
    }
  });
});
