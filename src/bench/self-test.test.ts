import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, syntheticArms } from "../stats/index.ts";
import { falseDifferences, powerOf } from "./self-test.ts";

const pool = (ratio: number, seed: number) => {
  const { measured, baseline } = syntheticArms(seededRandom(seed), 60, { ratio });
  return { measured: measured.flat(), baseline: baseline.flat() };
};

test("experiments drawn from equal arms differ in at most 1.5 %", () => {
  const wrong = falseDifferences(pool(1, 1), { blocks: 48, rounds: 600 });
  assert.ok(wrong <= 0.015, `${wrong}`);
});

test("5 % more work is found in most experiments of 60 blocks, and in fewer of 10", () => {
  const pairs = pool(1.05, 2);
  const many = powerOf(pairs, { blocks: 60, rounds: 200 });
  assert.ok(many >= 0.9, `${many}`);
  assert.ok(powerOf(pairs, { blocks: 10, rounds: 200 }) < many);
});
