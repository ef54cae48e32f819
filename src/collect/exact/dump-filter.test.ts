import assert from "node:assert/strict";
import { test } from "node:test";
import { DumpFilter } from "./dump-filter.ts";

const dump = "\n~wasmscope 1 calls -\n~wasmscope:ATkB\n~wasmscope:AQAB\n~wasmscope=a0333811\n";
const lines = dump.slice(1);

/** What is written, what passes, and what is taken. */
const cases: readonly (readonly [text: string, passes: string, taken: string])[] = [
  ["", "", ""],
  ["no dump\n", "no dump\n", ""],
  [dump, "", lines],
  [`line\n${dump}`, "line\n", lines],
  [`no end${dump}`, "no end", lines],
  [`a\n\n${dump}b\n${dump}c`, "a\n\nb\nc", lines + lines],
  ["\n~wasmscop\n~wasm", "\n~wasmscop\n~wasm", ""],
  ["~wasmscope at the start\nx", "x", "~wasmscope at the start\n"],
  ["in ~wasmscope: text\n\n", "in ~wasmscope: text\n\n", ""],
  [
    `\n~wasmscope 1 calls -\nother\n~wasmscope=1\n`,
    "other",
    "~wasmscope 1 calls -\n~wasmscope=1\n",
  ],
  ["é\u{1f600}" + dump, "é\u{1f600}", lines],
];

for (const [text, passes, taken] of cases)
  test(`of ${JSON.stringify(text)} only what is no dump passes, however it is cut`, () => {
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, 10, 1000]) {
      const passed: Uint8Array[] = [];
      const filter = new DumpFilter((part) => passed.push(Uint8Array.from(part)));
      for (let at = 0; at < bytes.length; at += size) filter.write(bytes.subarray(at, at + size));
      filter.end();
      assert.equal(Buffer.concat(passed).toString(), passes, `cut to ${size}`);
      assert.equal(filter.text, taken, `cut to ${size}`);
    }
  });

test("what cannot become a mark does not wait", () => {
  const passed: string[] = [];
  const filter = new DumpFilter((part) => passed.push(Buffer.from(part).toString()));
  filter.write(Buffer.from("12 %\r"));
  filter.write(Buffer.from("name? "));
  assert.deepEqual(passed, ["12 %\r", "name? "]);
});
