import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { floatLiteral } from "./float-literals.ts";

test("writes numbers of each format as C's %a", () => {
  assert.equal(floatLiteral("3f800000", "f"), "0x1p+0f");
  assert.equal(floatLiteral("00000001", "f"), "0x1p-149f");
  assert.equal(floatLiteral("ff800000", "f"), "-inff");
  assert.equal(floatLiteral("400921fb54442d18", "d"), "0x1.921fb54442d18p+1");
  assert.equal(floatLiteral("8000000000000000", "d"), "-0x0p+0");
  assert.equal(floatLiteral("4000c90fdaa22168c235", "e"), "0xc.90fdaa22168c235p-2L");
  assert.equal(floatLiteral(`4000${"0".repeat(28)}`, "e"), "0x1p+1L");
  assert.equal(floatLiteral("3ff", "d"), undefined);
  assert.equal(floatLiteral("3FF0000000000000", "d"), undefined);
});

test("writes every double so that its value can be read back", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, value);
      const text = floatLiteral(view.getBigUint64(0).toString(16).padStart(16, "0"), "d");
      const [, sign, one, fraction = "", exponent] =
        /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-][0-9]+)$/.exec(text ?? "") ?? [];
      const digits = Number(`0x${one}${fraction}`);
      const scaled = digits * 2 ** (-4 * fraction.length);
      // Two steps, as 2 ** -1074 alone is the smallest power there is.
      const half = Math.trunc(Number(exponent) / 2);
      const magnitude = scaled * 2 ** half * 2 ** (Number(exponent) - half);
      assert.equal(sign === "-" ? -magnitude : magnitude, value);
    }),
  );
});
