import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomNormal, seededRandom } from "../../stats/index.ts";
import { crossovers } from "./crossover.ts";
import type { SizePoint } from "./crossover.ts";
import { matrixOf } from "./matrix.ts";

type Cost = (size: number) => number;

function points(sizes: readonly number[], arms: Record<string, Cost>, noise: number): SizePoint[] {
  const random = seededRandom(7);
  const blocks = Array.from({ length: 9 }, (_, block) => `${block}`);
  return sizes.map((size) => {
    const moods = blocks.map(() => Math.exp(0.3 * randomNormal(random)));
    const columns = Object.entries(arms).map(([arm, cost]) => {
      const value = (at: number): number =>
        cost(size) * moods[at]! * Math.exp(noise * randomNormal(random));
      return [arm, new Map(blocks.map((block, at) => [block, value(at)]))] as const;
    });
    return { size, matrix: matrixOf(new Map(columns)) };
  });
}

const sizes = [10, 30, 100, 300, 1000];

describe("crossovers", () => {
  it("meets the crossing of two power laws exactly, whatever the machine's mood", () => {
    const [found, ...more] = crossovers(
      points(sizes, { square: (n) => n ** 2, cube: (n) => n ** 3 / 50 }, 0),
      ["square", "cube"],
    );
    assert.deepEqual([found!.below, found!.above, more.length], ["cube", "square", 0]);
    for (const size of [found!.size.estimate, found!.size.low, found!.size.high]) {
      assert.ok(Math.abs(size - 50) < 1e-6, `${size}`);
    }
  });

  it("covers the crossing under noise, and finds every pair of three", () => {
    const arms = {
      slow: () => 1e6,
      mid: (n: number) => 1e4 * n,
      fast: (n: number) => 100 * n ** 2,
    };
    const found = crossovers(points([5, ...sizes], arms, 0.05), Object.keys(arms));
    assert.equal(found.length, 3);
    for (const { size } of found) {
      assert.ok(
        size.low < 100 && 100 < size.high && size.high / size.low < 1.3,
        JSON.stringify(size),
      );
    }
  });

  it("gives no ends to a crossing that only noise makes", () => {
    const found = crossovers(points(sizes, { a: (n) => n, b: (n) => n }, 0.1), ["a", "b"]);
    for (const { size } of found) assert.ok(size.high / size.low > 1.5 || size.low === -Infinity);
  });
});
