import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseSymbolMap, SymbolMapError } from "./symbol-map.ts";

test("reads names, escapes and colons", () => {
  const text =
    "0:emscripten_memcpy\n12:std::__2::f\\28int\\2c\\20char\\29\r\n\n7:f\\c3\\b6\n8:back\\slash\n";
  assert.deepEqual(
    [...parseSymbolMap(text)],
    [
      [0, "emscripten_memcpy"],
      [12, "std::__2::f(int, char)"],
      [7, "fö"],
      [8, "back\\slash"],
    ],
  );
});

const faults: readonly (readonly [text: string, line: number, message: RegExp])[] = [
  ["0:a\nb\n", 2, /line 2: expected "index:name", found "b"/],
  ["-1:a", 1, /line 1: expected/],
  ["0:a\n1:b\n0:c", 3, /line 3: index 0 is named twice/],
  ["4294967296:a", 1, /line 1: index 4294967296 is too large/],
];

for (const [text, line, message] of faults) {
  test(`names line ${line} of ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseSymbolMap(text),
      (error) =>
        error instanceof SymbolMapError && error.line === line && message.test(error.message),
    );
  });
}

function escape(name: string): string {
  return Array.from(new TextEncoder().encode(name), (byte) =>
    byte < 128 && /[\w:.$]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\${byte.toString(16).padStart(2, "0")}`,
  ).join("");
}

test("reads back what is escaped as Emscripten does", () => {
  // Surrogates alone have no UTF-8, and a decoder drops a byte order mark at the start of a run.
  const names = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.array(names), (indices, texts) => {
      const expected = indices
        .slice(0, texts.length)
        .map((index, at) => [index, texts[at]!] as const);
      const map = expected.map(([index, name]) => `${index}:${escape(name)}\n`).join("");
      assert.deepEqual([...parseSymbolMap(map)], expected);
    }),
  );
});
