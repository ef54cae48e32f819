import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { profileOf, samples } from "../../test/formats/samples.ts";
import { trees } from "../../test/formats/trees.ts";
import { functionTotals, hasStacks, subtreeValues, totalValues } from "./totals.ts";

describe("functionTotals", () => {
  it("counts a function that calls itself once a stack", () => {
    const rows = functionTotals(samples["recursion"]!).map(({ frame, self, total }) => [
      frame.name,
      self[0],
      self[1],
      total[1],
    ]);
    assert.deepEqual(rows, [
      ["main", 1, 1, 24],
      ["f", 3, 15, 23],
      ["g", 2, 8, 13],
    ]);
  });

  it("adds a function's lines up, and keeps what is inlined apart", () => {
    const rows = functionTotals(samples["inlined lines"]!).map(({ frame, self, total }) => [
      frame.name,
      self[1],
      total[1],
    ]);
    assert.deepEqual(rows, [
      ["main", 11, 26],
      ["add", 7, 7],
      ["imported", 8, 8],
    ]);
  });

  it("counts siblings each, as they are different stacks", () => {
    const profile = profileOf(["a;x 0 1", "b;x 0 2", "x;x 0 4"]);
    const x = functionTotals(profile).find(({ frame }) => frame.name === "x");
    assert.equal(x?.total[1], 7);
  });

  it("agrees with the plainest way to count, on random trees", () => {
    fc.assert(
      fc.property(trees, (profile) => {
        const { frames, parents, nodeFrames, selfValues } = profile;
        const all = functionTotals(profile);
        const owner = frames.map((frame) =>
          all.findIndex(
            ({ frame: known }) =>
              (known.mangledName ?? known.name) === (frame.mangledName ?? frame.name) &&
              known.funcIndex === frame.funcIndex &&
              (known.funcIndex !== undefined || known.file === frame.file),
          ),
        );
        const expected = all.map(() => ({ self: 0, total: 0 }));
        for (let leaf = 0; leaf < parents.length; leaf++) {
          const on = new Set<number>();
          for (let node = leaf; node !== -1; node = parents[node]!)
            on.add(owner[nodeFrames[node]!]!);
          expected[owner[nodeFrames[leaf]!]!]!.self += selfValues[1]![leaf]!;
          for (const index of on) expected[index]!.total += selfValues[1]![leaf]!;
        }
        assert.deepEqual(
          all.map(({ self, total }) => ({ self: self[1], total: total[1] })),
          expected,
        );
      }),
    );
  });
});

describe("sums", () => {
  it("of the roots' subtrees are the profile's", () => {
    fc.assert(
      fc.property(trees, (profile) => {
        const sums = totalValues(profile);
        profile.valueTypes.forEach((_, column) => {
          const roots = subtreeValues(profile, column).filter(
            (_sum, node) => profile.parents[node] === -1,
          );
          assert.equal(
            roots.reduce((sum, value) => sum + value, 0),
            sums[column],
          );
        });
      }),
    );
  });

  it("stay exact up to 2^53", () => {
    assert.deepEqual(totalValues(samples["huge counts"]!), [3 * 2 ** 31, Number.MAX_SAFE_INTEGER]);
  });

  it("know where there are stacks", () => {
    assert.equal(hasStacks(samples["tree"]!), true);
    assert.equal(hasStacks(samples["tree of one node"]!), false);
    assert.equal(hasStacks(samples["empty"]!), false);
  });
});
