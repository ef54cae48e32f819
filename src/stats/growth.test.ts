import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { growthExponent } from "./growth.ts";
import { randomNormal, seededRandom } from "./random.ts";

const close = (actual: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) < within, `${actual} is not ${expected}`);

describe("the exponent of growth", () => {
  const rows: [name: string, exponent: number, at: (size: number) => number][] = [
    ["nothing grows", 0, () => 7],
    ["in proportion", 1, (size) => 3 * size],
    ["its square", 2, (size) => size * size],
    ["less than in proportion", 0.5, (size) => Math.sqrt(size)],
  ];
  for (const [name, exponent, at] of rows) {
    test(name, () => {
      const { estimate, low, high } = growthExponent([1000, 4000, 16000].map((n) => [n, at(n)]))!;
      for (const each of [estimate, low, high]) close(each, exponent);
    });
  }

  test("says what an interval over few sizes covers", () => {
    const levels = [2, 3, 4, 5, 6].map(
      (sizes) => growthExponent(Array.from({ length: sizes }, (_, i) => [2 ** i, 2 ** i]))!.level,
    );
    for (const [i, level] of [0, 2 / 3, 11 / 12, 59 / 60, 354 / 360].entries()) {
      // Six sizes: what is left out at each end may be 1 of 720, or 1 + 5, and 12 of 720 is still below 0.05.
      close(levels[i]!, level, 1e-9);
    }
  });

  test("takes the median at a size and leaves out what is zero", () => {
    const points: [number, number][] = [
      [1, 1],
      [1, 1],
      [1, 50],
      [2, 0],
      [4, 4],
    ];
    close(growthExponent(points)!.estimate, 1);
    assert.equal(growthExponent([[1, 1]]), undefined);
    assert.equal(
      growthExponent([
        [1, 0],
        [2, 5],
      ]),
      undefined,
    );
  });

  test("covers the truth as often as it says", () => {
    const random = seededRandom(5);
    let covered = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const points = [1, 2, 4, 8, 16].map((size): [number, number] => [
        size,
        size ** 1.5 * Math.exp(0.2 * randomNormal(random)),
      ]);
      const { low, high } = growthExponent(points)!;
      if (low <= 1.5 && high >= 1.5) covered++;
    }
    assert.ok(covered / rounds > 0.96, `${covered} of ${rounds}`);
  });
});
