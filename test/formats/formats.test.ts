import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatOf, formats, readProfile } from "../../src/profile/index.ts";
import { checkFormat } from "./check-format.ts";
import { samples } from "./samples.ts";
import { trees } from "./trees.ts";

for (const format of formats) {
  describe(`format ${format.name}`, () => {
    for (const [name, profile] of Object.entries(samples)) {
      it(name, () => checkFormat(format, profile));
    }

    it("keeps its laws on random trees", () => {
      fc.assert(
        fc.property(trees, (profile) => checkFormat(format, profile)),
        { numRuns: 150 },
      );
    });

    it("is found by each of its file names", () => {
      for (const extension of format.extensions) {
        assert.equal(formatOf(`dir.json/App.wasm${extension.toUpperCase()}`), format);
      }
    });
  });
}

describe("detection", () => {
  it("finds no format in foreign content", () => {
    for (const text of [
      "",
      "{}",
      "[1]",
      "{",
      "hello",
      "main 1\nbroken",
      "\u0000asm",
      "<svg/>",
      "\n",
    ]) {
      assert.equal(readProfile(new TextEncoder().encode(text)), null, JSON.stringify(text));
    }
  });

  it("finds no format in random bytes, and does not fail", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const found = readProfile(bytes);
        assert.ok(found === null || found.format.name === "folded");
      }),
    );
  });

  it("leaves unknown file names alone", () => {
    for (const name of ["app.wasm", "json", "profile.json.gz", ""]) {
      assert.equal(formatOf(name), undefined);
    }
  });
});
