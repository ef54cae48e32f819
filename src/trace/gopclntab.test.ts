import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readGoFunctions } from "./gopclntab.ts";

/** What the made tables speak of: names, where they begin behind the text's start, and where the last one ends. */
const functions = [
  { name: "main.main", start: 0x40, size: 0x60 },
  { name: "example/wasi.fdWriteFn", start: 0xa0, size: 0x20 },
];
const end = 0xc0;
const text = 0x401000;

/** Writes a table as a version of Go does. */
function table(magic: number, headerText: number): Uint8Array {
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint8(6, 1);
  view.setUint8(7, 8);
  const oldest = magic === 0xfffffffb;
  const offsets = magic === 0xfffffff0 || magic === 0xfffffff1;
  const width = offsets ? 4 : 8;
  const put = (at: number, value: number): void => {
    if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
  };
  const [names, list] = oldest ? [300, 16] : [100, 200];
  const header = [
    functions.length,
    ...(oldest ? [] : [0, ...(offsets ? [headerText] : []), names, 0, 0, 0, list]),
  ];
  for (const [nth, value] of header.entries()) view.setBigUint64(8 + 8 * nth, BigInt(value), true);
  const base = oldest ? 0 : list;
  let nameOffset = 0;
  for (const [nth, { name, start }] of functions.entries()) {
    const about = 400 + 40 * nth;
    const entry = offsets ? start : text + start;
    put(list + 2 * width * nth, entry);
    put(list + 2 * width * nth + width, about - base);
    put(about, entry);
    view.setInt32(about + width, oldest ? names + nameOffset : nameOffset, true);
    bytes.set(Buffer.from(`${name}\0`), names + nameOffset);
    nameOffset += name.length + 1;
  }
  put(list + 2 * width * functions.length, offsets ? end : text + end);
  return bytes;
}

const all = functions.map(({ name, start, size }) => ({ name, address: text + start, size }));

describe("functions of a Go program without symbols", () => {
  for (const [since, magic] of [
    ["1.2", 0xfffffffb],
    ["1.16", 0xfffffffa],
    ["1.18", 0xfffffff0],
    ["1.20", 0xfffffff1],
  ] as const) {
    test(`are read from the table of Go ${since}`, () => {
      assert.deepEqual(readGoFunctions(table(magic, text), 0), all);
    });
  }

  test("are read where the table does not say where the code begins", () => {
    assert.deepEqual(readGoFunctions(table(0xfffffff1, 0), text), all);
  });

  test("can be chosen by name", () => {
    const found = readGoFunctions(table(0xfffffff1, text), 0, /\.(\w+)Fn$/);
    assert.deepEqual(found, all.slice(1));
  });

  test("are none in what is no such table", () => {
    assert.deepEqual(readGoFunctions(new Uint8Array(4), text), []);
    assert.deepEqual(readGoFunctions(new Uint8Array(64), text), []);
    assert.deepEqual(readGoFunctions(table(0xfffffff2, text), 0), []);
    const whole = table(0xfffffff1, text);
    // Whatever is cut off, nothing is thrown.
    for (let length = 0; length < whole.length; length += 7) {
      readGoFunctions(whole.subarray(0, length), 0);
    }
  });
});
