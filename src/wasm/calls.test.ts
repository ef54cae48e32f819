import assert from "node:assert/strict";
import { test } from "node:test";
import { DecodeError } from "../bytes/index.ts";
import { readCalls } from "./calls.ts";
import { decodeModule } from "./decode.ts";

const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module with these bodies (each without its size), of type () -> (). */
function moduleOf(...bodies: readonly (readonly number[])[]): Uint8Array {
  const vector = (items: readonly (readonly number[])[]): number[] => [
    items.length,
    ...items.flat(),
  ];
  const section = (id: number, content: readonly number[]): number[] => [
    id,
    content.length,
    ...content,
  ];
  return Uint8Array.from([
    ...header,
    ...section(1, vector([[0x60, 0, 0]])),
    ...section(3, vector(bodies.map(() => [0]))),
    ...section(10, vector(bodies.map((body) => [body.length, ...body]))),
  ]);
}

const nothing = [0x00, 0x0b];

test("finds calls, whatever stands between them and however their numbers are written", () => {
  const body = [
    [0x01, 0x02, 0x7f],
    [0x20, 0x81, 0x80, 0x00, 0x28, 0x02, 0x84, 0x80, 0x01, 0x41, 0xff, 0xff, 0xff, 0xff, 0x07],
    [0x43, 0x10, 0x10, 0x10, 0x10, 0x44, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10],
    [0x10, 0x01, 0x10, 0x81, 0x00, 0x10, 0x82, 0x80, 0x00, 0x12, 0x82, 0x80, 0x80, 0x00],
    [0x02, 0x40, 0x04, 0x7f, 0x10, 0x00, 0x05, 0x0e, 0x01, 0x00, 0x01, 0x0b, 0x0b],
    [0x42, 0x90, 0x90, 0x90, 0x90, 0x90, 0x00, 0x10, 0x00, 0x11, 0x00, 0x00, 0x08, 0x10, 0x0b],
  ].flat();
  const calls = readCalls(decodeModule(moduleOf(body, nothing, [0x00, 0x10, 0x01, 0x0b])));
  assert.deepEqual([...calls.callees], [1, 2, 0, 1]);
  assert.deepEqual([...calls.calleesStart], [0, 3, 3, 4]);
  assert.deepEqual([...calls.callerCount], [1, 2, 1]);
  assert.deepEqual([...calls.siteCount], [2, 3, 2]);
  assert.deepEqual(calls.repeaters, [0]);
  assert.deepEqual([...calls.indirectCallers], [[0, [0]]]);
  assert.deepEqual(calls.throwers, [0]);
  assert.equal(calls.unknownFunction, undefined);
});

// The offset is that in the body.
const malformed: readonly (readonly [string, readonly number[], string, number])[] = [
  ["an instruction cut off", [0x00, 0x20, 0x80], "unexpected end of the body", 1],
  ["no end", [0x00, 0x02, 0x40, 0x0b], "unexpected end of the body", 4],
  ["too many ends", [0x00, 0x0b, 0x0b], "bytes behind the final end", 2],
  ["an unknown opcode", [0x00, 0x01, 0x27, 0x0b], "unknown opcode 0x27", 2],
  [
    "a long number",
    [0, 0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x0b],
    "integer representation too long",
    2,
  ],
  ["else in a block", [0x00, 0x02, 0x40, 0x05, 0x0b, 0x0b], "else without if", 3],
  ["two elses", [0x00, 0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b], "else without if", 4],
  ["catch in a block", [0x00, 0x02, 0x40, 0x19, 0x0b, 0x0b], "catch without try", 3],
  ["a data segment without count", [0, 0xfc, 9, 0, 0x0b], "data count section required", 1],
  ["flags of a memarg", [0x00, 0x28, 0x80, 0x01, 0x00, 0x0b], "malformed memop flags", 4],
];
for (const [what, body, message, offset] of malformed) {
  test(`says where a body is malformed: ${what}`, () => {
    const module = decodeModule(moduleOf(nothing, body, nothing));
    assert.throws(
      () => readCalls(module),
      (error) => {
        assert.ok(error instanceof DecodeError);
        assert.equal(error.what, `code[1]: ${message}`);
        assert.equal(error.offset - module.bodies.start[1]!, offset);
        return true;
      },
    );
  });
}

test("leaves it to others to throw for a call of a function that does not exist", () => {
  const calls = readCalls(decodeModule(moduleOf(nothing, [0x00, 0x10, 0x07, 0x10, 0x08, 0x0b])));
  assert.match(String(calls.unknownFunction), /code\[1\]: unknown function 7 /);
});
