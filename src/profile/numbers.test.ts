import assert from "node:assert/strict";
import { it } from "node:test";
import { formatPercent, formatValue, groupDigits } from "./numbers.ts";

it("groupDigits puts commas between groups of three", () => {
  const cases: [value: number, text: string][] = [
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1234567, "1,234,567"],
    [-1234567, "-1,234,567"],
    [Number.MAX_SAFE_INTEGER, "9,007,199,254,740,991"],
    [1234.5678, "1,234.568"],
    [0.25, "0.25"],
    [1e21, "1e+21"],
  ];
  for (const [value, text] of cases) assert.equal(groupDigits(value), text);
});

it("formatValue says what is counted", () => {
  assert.equal(formatValue(1234, { name: "calls", unit: "count" }), "1,234 calls");
  assert.equal(formatValue(1, { name: "calls", unit: "count" }), "1 call");
  assert.equal(formatValue(1500, { name: "time", unit: "nanoseconds" }), "1,500 ns");
});

it("formatPercent copes with nothing", () => {
  assert.equal(formatPercent(1, 3), "33.33 %");
  assert.equal(formatPercent(0, 0), "0.00 %");
});
