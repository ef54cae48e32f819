import assert from "node:assert/strict";
import { test } from "node:test";
import { NestedRanges } from "./nested-ranges.ts";

function taken(
  ...added: readonly (readonly [low: number, high: number, owner: number])[]
): string[] {
  const ranges = new NestedRanges();
  for (const [low, high, owner] of added) ranges.add(low, high, owner);
  const { low, high, owner } = ranges.take();
  return Array.from(low, (start, nth) => `${start}-${high[nth]} ${owner[nth]}`);
}

test("cuts what is nested out of what it is nested in", () => {
  const nested = taken([10, 90, 0], [20, 40, 1], [20, 30, 2], [50, 60, 3], [5, 5, 4]);
  assert.deepEqual(nested, ["10-20 0", "20-30 2", "30-40 1", "40-50 0", "50-60 3", "60-90 0"]);
});

test("leaves the piece alone that a range reaches into", () => {
  assert.deepEqual(taken([10, 50, 0], [20, 30, 1], [25, 40, 2]), [
    "10-20 0",
    "20-25 1",
    "25-40 2",
    "30-50 0",
  ]);
  assert.deepEqual(taken([10, 20, 0], [15, 2 ** 32 + 7, 1], [30, 40, 2]).slice(0, 3), [
    "10-15 0",
    "15-30 1",
    "30-40 2",
  ]);
});

test("holds many ranges in any order", () => {
  const starts = Array.from({ length: 3000 }, (_, nth) => (nth * 1009) % 3000);
  const many = taken(...starts.map((start) => [start * 10, start * 10 + 5, start] as const));
  assert.equal(many.length, 3000);
  assert.ok(many.every((text, nth) => text === `${nth * 10}-${nth * 10 + 5} ${nth}`));
});
