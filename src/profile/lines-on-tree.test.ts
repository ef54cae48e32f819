import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { linesOnTree } from "./lines-on-tree.ts";
import { functionTotals, lineTotals, ProfileBuilder, totalValues } from "./index.ts";
import type { Frame, Profile } from "./index.ts";

const head = {
  module: { name: "a.wasm", sha256: "" },
  valueTypes: [
    { name: "calls", unit: "count" },
    { name: "instructions", unit: "count" },
  ],
  primary: 1,
} as const;

/** A profile out of stacks of frames with calls and instructions. */
function profileOf(
  mode: "tree" | "blocks",
  rows: readonly (readonly [stack: readonly Frame[], calls: number, instructions: number])[],
): Profile {
  const builder = new ProfileBuilder({ ...head, mode });
  for (const [stack, ...values] of rows) {
    builder.addAll(builder.stack(stack.map((frame) => builder.frame(frame))), values);
  }
  return builder.build();
}

const [f, g] = [
  { name: "f", funcIndex: 0 },
  { name: "g", funcIndex: 1 },
];
const at = (frame: Frame, line: number): Frame => ({ ...frame, file: "a.c", line });
const inlined: Frame = { name: "small", funcIndex: 1, file: "a.h", line: 7, inlined: true };

describe("linesOnTree", () => {
  it("spreads the lines of a function over its contexts", () => {
    const tree = profileOf("tree", [
      [[f], 1, 10],
      [[f, g], 3, 30],
      [[f, g, g], 1, 10],
    ]);
    const lines = profileOf("blocks", [
      [[at(f, 1)], 1, 4],
      [[at(f, 2)], 0, 6],
      [[at(g, 9)], 4, 20],
      [[at(g, 9), inlined], 0, 20],
    ]);
    const { frames, parents, nodeFrames, selfValues } = linesOnTree(tree, lines);
    const path = (node: number): string => {
      const { name, line } = frames[nodeFrames[node]!]!;
      const above = parents[node] === -1 ? "" : `${path(parents[node]!)};`;
      return `${above}${name}${line === undefined ? "" : `:${line}`}`;
    };
    const rows = Array.from(parents, (_, node) => [
      path(node),
      selfValues[0]![node],
      selfValues[1]![node],
    ]);
    assert.deepEqual(rows, [
      ["f", 1, 0],
      ["f:1", 0, 4],
      ["f:2", 0, 6],
      ["f;g", 3, 0],
      ["f;g:9", 0, 15],
      ["f;g:9;small:7", 0, 15],
      ["f;g;g", 1, 0],
      ["f;g;g:9", 0, 5],
      ["f;g;g:9;small:7", 0, 5],
    ]);
  });

  it("keeps the sums of lines and of functions, whatever the numbers", () => {
    const count = fc.oneof(fc.nat(5), fc.nat(1000), fc.nat(2 ** 40));
    const matrix = fc.array(fc.array(count, { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(matrix, (contexts) => {
        const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
        const stack = (depth: number): Frame[] => Array.from({ length: depth + 1 }, () => f);
        const tree = profileOf(
          "tree",
          contexts.map((values, depth) => [stack(depth), 1, sum(values)] as const),
        );
        const columns = [0, 1, 2, 3].map((line) => sum(contexts.map((values) => values[line]!)));
        const lines = profileOf(
          "blocks",
          columns.map((value, line) => [[at(f, line + 1)], 0, value] as const),
        );
        const both = linesOnTree(tree, lines);
        assert.deepEqual(totalValues(both), totalValues(tree));
        assert.deepEqual(
          functionTotals(both).map(({ self }) => self),
          functionTotals(tree).map(({ self }) => self),
        );
        const found = new Map(lineTotals(both).map(({ line, self }) => [line, self]));
        columns.forEach((value, line) => assert.equal(found.get(line + 1) ?? 0, value));
        assert.ok(both.selfValues[1]!.every((value) => value >= 0));
      }),
    );
  });

  it("leaves what has no line where it was", () => {
    const tree = profileOf("tree", [
      [[f], 1, 10],
      [[f, { name: "(elsewhere)" }], 0, 5],
    ]);
    const both = linesOnTree(tree, profileOf("blocks", [[[at(f, 1)], 1, 8]]));
    assert.deepEqual([...both.selfValues[1]!], [2, 8, 5]);
  });
});
