import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonPieces } from "./json-pieces.ts";

test("spells values as JSON.stringify does", () => {
  const long = Array.from({ length: 2001 }, (_, at) => ({ at, text: "<" }));
  const values = fc.oneof(
    fc.jsonValue(),
    fc.constant(long),
    fc.constant({ a: undefined, b: long }),
  );
  fc.assert(
    fc.property(values, (value) => {
      assert.equal([...jsonPieces(value)].join(""), JSON.stringify(value));
    }),
  );
});
