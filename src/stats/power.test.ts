import assert from "node:assert/strict";
import { test } from "node:test";
import { hierarchicalRatio } from "./hierarchical.ts";
import { pairedRatio, unpairedRatio } from "./log-ratio.ts";
import { median } from "./quantile.ts";
import { seededRandom } from "./random.ts";
import { AlphaSpending, narrowEnough, nextLook } from "./sequential.ts";
import { syntheticArms } from "./synthetic.ts";

// What the method promises, on noise whose truth is known. Seeds are fixed: each figure is the same at every run. With
// several seeds tried, rates lie where the comments say.

const rounds = 1000;

function rate(seed: number, happens: (round: () => number) => boolean, times = rounds): number {
  const random = seededRandom(seed);
  let count = 0;
  for (let i = 0; i < times; i++) if (happens(random)) count++;
  return count / times;
}

const centres = (processes: readonly (readonly number[])[]): number[] => processes.map(median);

for (const [blocks, iterations] of [
  [10, 1],
  [20, 5],
  [60, 1],
] as const) {
  test(`A/A: ${blocks} blocks of ${iterations} differ falsely in at most 1.5 % at 1 %`, () => {
    const wrong = rate(5, (random) => {
      const { measured, baseline } = syntheticArms(random, blocks, { ratio: 1, iterations });
      return pairedRatio(centres(measured), centres(baseline)).p < 0.01;
    });
    assert.ok(wrong <= 0.015, `${wrong}`);
  });
}

test("5 % more work is found in at least 90 % with 60 samples an arm", () => {
  const found = rate(6, (random) => {
    const { measured, baseline } = syntheticArms(random, 60, { ratio: 1.05 });
    return pairedRatio(centres(measured), centres(baseline)).p < 0.01;
  });
  assert.ok(found >= 0.9, `${found}`);
});

for (const blocks of [10, 25, 60]) {
  test(`the 99 % interval of ${blocks} blocks covers the truth in 98.5 to 99.5 %`, () => {
    const covered = rate(
      7,
      (random) => {
        const { measured, baseline } = syntheticArms(random, blocks, { ratio: 1.13 });
        const { low, high } = pairedRatio(centres(measured), centres(baseline));
        return low <= 1.13 && 1.13 <= high;
      },
      2000,
    );
    assert.ok(covered >= 0.985 && covered <= 0.995, `${covered}`);
  });
}

test("the geometric mean's interval over processes covers the truth", () => {
  const covered = rate(8, (random) => {
    const { measured, baseline } = syntheticArms(random, 20, { ratio: 0.8, iterations: 3 });
    const { low, high } = hierarchicalRatio(measured, baseline, { resamples: 1000 });
    return low <= 0.8 && 0.8 <= high;
  });
  assert.ok(covered >= 0.975 && covered <= 0.999, `${covered}`);
});

test("looking again and again until the interval is narrow does not make differences", () => {
  const wrong = rate(9, (random) => {
    const { measured, baseline } = syntheticArms(random, 80, { ratio: 1 });
    const [a, b] = [centres(measured), centres(baseline)];
    const spending = new AlphaSpending(0.99);
    for (let blocks = 10; blocks <= 80; blocks = nextLook(blocks)) {
      const { level } = spending.look(blocks / 80);
      const found = pairedRatio(a.slice(0, blocks), b.slice(0, blocks), level);
      if (found.p < 1 - level) return true;
      if (narrowEnough(found, 0.02)) return false;
    }
    return false;
  });
  assert.ok(wrong <= 0.015, `${wrong}`);
});

test("the order of arms in a block makes no difference", () => {
  const random = seededRandom(10);
  const { measured, baseline } = syntheticArms(random, 500, { ratio: 1 });
  const { estimate } = pairedRatio(centres(measured), centres(baseline));
  assert.ok(Math.abs(estimate - 1) <= 0.01, `${estimate}`);
});

test("measurements of two days: false differences and power", () => {
  const run = (ratio: number, seed: number): number =>
    rate(
      seed,
      (random) => {
        // Days do not share a drift, and a test without pairs cannot know one: there is none here.
        const quiet = { drift: 0, process: 0.02, iteration: 0.04, spikes: 0.05, spike: 0.3 };
        const { measured } = syntheticArms(random, 40, { ratio }, quiet);
        const { baseline } = syntheticArms(random, 40, { ratio }, quiet);
        return unpairedRatio(centres(measured), centres(baseline)).p < 0.01;
      },
      300,
    );
  const [wrong, found] = [run(1, 11), run(1.05, 12)];
  assert.ok(wrong <= 0.02 && found >= 0.8, `${wrong}, ${found}`);
});
