import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleWith } from "../../test/lines/hand-made.ts";
import { decodeModule } from "../wasm/index.ts";
import { debugLinks, openDebugInfo } from "./index.ts";
import type { DebugInfo } from "./index.ts";

const module = decodeModule(moduleWith({}));
const [first, second, third] = [...module.bodies.start] as [number, number, number];

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function vlq(value: number): string {
  let left = value < 0 ? -2 * value + 1 : 2 * value;
  let text = "";
  do {
    text += digits[(left % 32) + (left >= 32 ? 32 : 0)];
    left = Math.floor(left / 32);
  } while (left > 0);
  return text;
}

/** Encodes mappings: offset, source, line, column, name, from zero on. */
function mappings(...rows: readonly (readonly number[])[]): string {
  const last = [0, 0, 0, 0, 0];
  const segment = (row: readonly number[]): string =>
    row
      .map((value, field) => {
        const difference = value - last[field]!;
        last[field] = value;
        return vlq(difference);
      })
      .join("");
  return rows.map(segment).join(",");
}

function open(map: unknown): DebugInfo | undefined {
  const sourceMap = typeof map === "string" ? map : JSON.stringify(map);
  return openDebugInfo(module, { sourceMap });
}

const plain = {
  version: 3,
  sources: ["a.ts", null, "b.ts"],
  sourceRoot: "/src",
  names: ["run"],
  mappings: mappings(
    [second, 0, 0, 0, 0],
    [second + 2, 2, 99, 1000],
    [second + 4],
    [second + 5, 1, 3, 0],
    [third + 1, 0, 40, 7],
  ),
};

test("leads from offsets in the file to places in the sources", () => {
  const info = open(plain)!;
  const run = [{ name: "run", file: "/src/a.ts", line: 1, column: 1 }];
  assert.equal(info.kind, "source-map");
  assert.deepEqual(info.framesAt(second), run);
  assert.deepEqual(info.framesAt(second + 1), run);
  assert.deepEqual(info.framesAt(second + 3), [{ file: "/src/b.ts", line: 100, column: 1001 }]);
  // No source, and a source without a name.
  assert.deepEqual(info.framesAt(second + 4), []);
  assert.deepEqual(info.framesAt(second + 5), []);
  assert.deepEqual(info.framesAt(third + 1), [{ file: "/src/a.ts", line: 41, column: 8 }]);
  assert.deepEqual(info.notes, []);
});

test("takes no mapping over into the next function, or out of the code", () => {
  const info = open(plain)!;
  for (const offset of [0, first, second - 2, third, third + 4, 10_000]) {
    assert.deepEqual(info.framesAt(offset), [], `at ${offset}`);
  }
});

test("reads index maps", () => {
  const info = open({
    version: 3,
    sections: [
      { offset: { line: 0, column: second }, map: { ...plain, mappings: mappings([0, 0, 1, 1]) } },
      {
        offset: { line: 0, column: third },
        map: { ...plain, mappings: mappings([1, 2, 4, 4, 0]) },
      },
      { offset: { line: 1, column: 0 }, map: plain },
    ],
  })!;
  assert.deepEqual(info.framesAt(second + 1), [{ file: "/src/a.ts", line: 2, column: 2 }]);
  assert.deepEqual(info.framesAt(third + 1), [
    { name: "run", file: "/src/b.ts", line: 5, column: 5 },
  ]);
});

const broken: readonly (readonly [text: string, note: RegExp])[] = [
  ["", /no JSON/],
  ["{", /no JSON/],
  ["null", /no mappings/],
  ["[]", /no mappings/],
  ['{"mappings":5}', /no mappings/],
  ['{"sections":[{"offset":{"line":0,"column":0},"map":{"sections":[]}}]}', /sections in sections/],
  ['{"mappings":"AAAA,!"}', /broken/],
  ['{"mappings":"AAAAg"}', /broken/],
  ['{"mappings":"AA\u1234"}', /broken/],
];
for (const [text, note] of broken) {
  test(`says what is wrong with ${JSON.stringify(text)}`, () => {
    assert.match(open(text)!.notes.join(), note);
  });
}

test("never throws when a map is cut or mappings lead nowhere", () => {
  const text = JSON.stringify(plain);
  for (let length = 0; length < text.length; length++) open(text.slice(0, length));
  const nowhere = open({ mappings: mappings([second, -5, -3, -9, -4], [third, 9e9, 9e9, 9e9]) })!;
  assert.deepEqual(nowhere.framesAt(second), []);
  const reversed = open({ ...plain, mappings: mappings([third, 0, 8, 0], [second, 0, 5, 0]) })!;
  assert.equal(reversed.framesAt(second)[0]?.line, 6);
  assert.equal(reversed.framesAt(third)[0]?.line, 9);
});

test("reads where debugging data lies: the last link of each kind", () => {
  const link = (url: string): Uint8Array => Uint8Array.of(url.length, ...Buffer.from(url));
  const linked = decodeModule(
    moduleWith({ external_debug_info: link("a.debug.wasm"), sourceMappingURL: link("a.map") }),
  );
  assert.deepEqual(debugLinks(linked), {
    externalDebugInfo: "a.debug.wasm",
    sourceMappingURL: "a.map",
  });
  assert.deepEqual(debugLinks(module), {});
  const cut = decodeModule(moduleWith({ sourceMappingURL: Uint8Array.of(9, 97) }));
  assert.deepEqual(debugLinks(cut), {});
});
