import assert from "node:assert/strict";
import { test } from "node:test";
import { HostError } from "../engine.ts";
import { readValues, writeValues } from "./values.ts";

const [i32, i64, f32, f64] = [0, 1, 2, 3];

for (const size of [24, 32]) {
  test(`values of ${size} bytes come back as they were given`, () => {
    const texts = ["-1", "9007199254740993", "1.5", "1e+300"];
    const values = writeValues(texts, [i32, i64, f32, f64], size);
    assert.equal(values.length, 4 * size);
    assert.deepEqual(readValues(values, 4, size), texts);
  });
}

test("numbers wrap as those of WebAssembly do", () => {
  const values = writeValues(["4294967295", "18446744073709551615"], [i32, i64], 32);
  assert.deepEqual(readValues(values, 2, 32), ["-1", "-1"]);
});

test("arguments that do not fit are refused", () => {
  assert.throws(() => writeValues(["1"], [i32, i32], 32), HostError);
  assert.throws(() => writeValues(["1"], [128], 32), HostError);
});
