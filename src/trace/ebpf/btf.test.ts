import assert from "node:assert/strict";
import { test } from "node:test";
import { memberOffset } from "./btf.ts";

/** Writes a description of two types: an integer, and a structure with two members. */
function describe(bitFields: boolean): Uint8Array {
  const names = Buffer.from("\0int\0task_struct\0pid\0tgid\0");
  const at = (name: string): number => names.indexOf(`\0${name}\0`) + 1;
  const structure = ((bitFields ? 0x80 : 0) << 24) | (4 << 24) | 2;
  const words = [
    [at("int"), 1 << 24, 4, 32],
    [at("task_struct"), structure >>> 0, 2000],
    [at("pid"), 1, 1240 * 8],
    [at("tgid"), 1, 1244 * 8 + (bitFields ? 5 << 24 : 0)],
  ].flat();
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header[2] = 1;
  [24, 0, words.length * 4, words.length * 4, names.length].forEach((value, nth) =>
    header.writeUInt32LE(value, 4 + 4 * nth),
  );
  const types = Buffer.alloc(words.length * 4);
  words.forEach((word, nth) => types.writeUInt32LE(word, 4 * nth));
  return Buffer.concat([header, types, names]);
}

test("finds members of structures", () => {
  for (const bitFields of [false, true]) {
    const btf = describe(bitFields);
    assert.equal(memberOffset(btf, "task_struct", "pid"), 1240);
    assert.equal(memberOffset(btf, "task_struct", "tgid"), 1244);
    assert.equal(memberOffset(btf, "task_struct", "comm"), undefined);
    assert.equal(memberOffset(btf, "int", "pid"), undefined);
  }
});

test("gives up on what is no description of types", () => {
  assert.equal(memberOffset(new Uint8Array(10), "task_struct", "pid"), undefined);
  assert.equal(memberOffset(new Uint8Array(64), "task_struct", "pid"), undefined);
  assert.equal(memberOffset(describe(false).subarray(0, 40), "task_struct", "pid"), undefined);
});
