import assert from "node:assert/strict";
import { it } from "node:test";
import type { Unit } from "./figure.ts";
import { spell, spellRange, spellTick } from "./quantity.ts";

const values: readonly (readonly [value: number, unit: Unit, text: string])[] = [
  [0, "ns", "0 ns"],
  [12, "ns", "12.0 ns"],
  [999.7, "ns", "1.00 µs"],
  [1_234_567, "ns", "1.23 ms"],
  [59_949_999, "ns", "59.9 ms"],
  [123_456_789_012, "ns", "123 s"],
  [12_345_678_901_234, "ns", "12,346 s"],
  [1023.9, "bytes", "1.00 KiB"],
  [1.5 * 2 ** 20, "bytes", "1.50 MiB"],
  [0.8732, "ratio", "0.87×"],
  [16.94, "ratio", "16.9×"],
  [1500, "count", "1500"],
  [15_000.5, "count", "15.0 k"],
];

for (const [value, unit, text] of values) {
  it(`spells ${value} ${unit} as ${text}`, () => assert.equal(spell(value, unit), text));
}

it("spells intervals with one unit, and none of a single point", () => {
  assert.equal(spellRange({ value: 1, low: 950_000, high: 1_050_000 }, "ns"), "0.95 to 1.05 ms");
  assert.equal(spellRange({ value: 1 }, "ns"), "");
  assert.equal(spellRange({ value: 1, low: 1, high: 1 }, "ratio"), "");
  assert.equal(spellRange({ value: 1, low: -Infinity, high: Infinity }, "count"), "open");
});

it("spells ticks as short as they are", () => {
  assert.deepEqual([spellTick(1.5, "ratio"), spellTick(2e8, "ns")], ["1.5×", "200 ms"]);
});
