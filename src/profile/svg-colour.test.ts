import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { boxColour } from "./svg-colour.ts";

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

it("a box's colour carries the dark text of its label", () => {
  const text = luminance("#14161a");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const colour = boxColour(name);
      assert.match(colour, /^#[0-9a-f]{6}$/);
      assert.ok((luminance(colour) + 0.05) / (text + 0.05) > 7);
      assert.equal(boxColour(name), colour);
      const dark = luminance(boxColour(name, "dark"));
      assert.ok((luminance("#f1f3f5") + 0.05) / (dark + 0.05) > 7, `${dark} for ${name}`);
    }),
  );
});

it("neighbours differ, and functions of one namespace look related", () => {
  assert.notEqual(boxColour("f1"), boxColour("f2"));
  assert.notEqual(boxColour("app::a"), boxColour("app::b"));
  const hues = ["app::a", "app::b", "app::c"].map((name) => hueOf(boxColour(name)));
  assert.ok(Math.max(...hues) - Math.min(...hues) < 40);
});

function hueOf(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return (Math.atan2(Math.sqrt(3) * (green! - blue!), 2 * red! - green! - blue!) * 180) / Math.PI;
}
