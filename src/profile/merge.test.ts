import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { stacksOf } from "../../test/formats/check-format.ts";
import { profileOf, samples } from "../../test/formats/samples.ts";
import { trees } from "../../test/formats/trees.ts";
import { mergeProfiles } from "./merge.ts";
import type { Profile } from "./model.ts";

const ofOneMode = trees.map((profile): Profile => ({ ...profile, mode: "tree" }));

describe("mergeProfiles", () => {
  it("adds up equal stacks and keeps the others", () => {
    const merged = mergeProfiles(
      profileOf(["main 1 10", "main;f 2 20"]),
      profileOf(["main 1 1", "main;f 2 2", "main;g 3 30"]),
    );
    const expected = profileOf(["main 2 11", "main;f 4 22", "main;g 3 30"]).selfValues;
    assert.deepEqual(merged.selfValues, expected);
    assert.deepEqual(
      merged.frames.map(({ name }) => name),
      ["main", "f", "g"],
    );
  });

  it("adds up blocks by their offset and keeps each note once", () => {
    const blocks = samples["blocks"]!;
    const merged = mergeProfiles(blocks, blocks);
    assert.deepEqual(
      merged.blocks!.map(({ count }) => count),
      [2000, 0, 2],
    );
    assert.deepEqual(merged.notes, blocks.notes);
  });

  it("is associative, order and all, and loses no stack", () => {
    fc.assert(
      fc.property(ofOneMode, ofOneMode, ofOneMode, (a, b, c) => {
        const left = mergeProfiles(mergeProfiles(a, b), c);
        assert.deepEqual(left, mergeProfiles(a, mergeProfiles(b, c)));
        const sums = new Map<string, number[]>();
        for (const part of [a, b, c]) {
          for (const [stack, values] of stacksOf(part)) {
            sums.set(
              stack,
              values.map((value, column) => value + (sums.get(stack)?.[column] ?? 0)),
            );
          }
        }
        assert.deepEqual(
          new Map(stacksOf(left)),
          new Map([...sums].toSorted(([x], [y]) => (x < y ? -1 : 1))),
        );
      }),
    );
  });

  it("refuses numbers that do not mean the same", () => {
    const flat = samples["flat instructions"]!;
    const other = { ...flat, module: { name: "app.wasm", sha256: "00" } };
    assert.throws(() => mergeProfiles(flat, other), /different module/);
    assert.throws(() => mergeProfiles(flat, samples["tree"]!), /different mode .*: insns and tree/);
    const calls = { ...samples["flat calls"]!, mode: "insns" as const };
    assert.throws(() => mergeProfiles(flat, calls), /different value types/);
  });
});
