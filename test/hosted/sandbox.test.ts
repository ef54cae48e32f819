import assert from "node:assert/strict";
import { test } from "node:test";
import { guestBase } from "../../src/hosted/layout.ts";
import { wat } from "../host-abi/wat.ts";
import { pack, runtimeName, startRuntime } from "./pack.ts";

type Function = (...args: unknown[]) => unknown;

function start(text: string): Record<string, Function> {
  const guest = wat(text);
  const packed = pack(guest);
  assert.ok(packed instanceof Uint8Array);
  const imports = { [runtimeName]: startRuntime(guest) };
  const module = new WebAssembly.Module(Uint8Array.from(packed));
  return new WebAssembly.Instance(module, imports).exports as Record<string, Function>;
}

const end = 65536;
// From the guest's end on, and where an address of 32 bits that wraps would be the runtime's own.
const outside = [end, end + 1, 2 ** 31, 2 ** 32 - guestBase, 2 ** 32 - guestBase + 48, 2 ** 32 - 1];
const offsets = [0, 1, 8, end, 2 ** 31, 2 ** 32 - guestBase, 2 ** 32 - 1];
const accesses: readonly (readonly [name: string, type: string, width: number])[] = [
  ["i32.load", "i32", 4],
  ["i32.load8_u", "i32", 1],
  ["i64.load", "i64", 8],
  ["i64.load16_s", "i64", 2],
  ["f32.load", "f32", 4],
  ["f64.load", "f64", 8],
  ["i32.store", "i32", 4],
  ["i32.store8", "i32", 1],
  ["i64.store", "i64", 8],
  ["i64.store32", "i64", 4],
  ["f64.store", "f64", 8],
];

for (const [name, type, width] of accesses) {
  test(`${name} reaches the guest's memory, and nothing else`, () => {
    const functions = offsets.flatMap((offset, index) => {
      const at = (address: string): string =>
        name.includes("load")
          ? `(drop (${name} offset=${offset} ${address}))`
          : `(${name} offset=${offset} ${address} (${type}.const 7))`;
      const constants = [...outside, end - width, 0];
      return [
        `(func (export "at${index}") (param i32) ${at("(local.get 0)")})`,
        ...constants.map(
          (address, k) => `(func (export "at${index} k${k}") ${at(`(i32.const ${address})`)})`,
        ),
      ];
    });
    const guest = start(`(module (memory 1) ${functions.join("\n")})`);
    for (const [index, offset] of offsets.entries()) {
      for (const [k, address] of [...outside, end - width, 0].entries()) {
        const isInside = address + offset + width <= end;
        for (const call of [
          () => guest[`at${index}`]!(address),
          () => guest[`at${index} k${k}`]!(),
        ]) {
          if (isInside) call();
          else assert.throws(call, /memory access out of bounds/, `${address} + ${offset}`);
        }
      }
    }
  });
}

test("bulk operations stay within the guest's memory", () => {
  const guest = start(`(module (memory 1) (data $d "abcd")
    (func (export "copy") (param i32 i32 i32)
      (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "fill") (param i32 i32 i32)
      (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init") (param i32 i32 i32)
      (memory.init $d (local.get 0) (local.get 1) (local.get 2))))`);
  const bad = /memory access out of bounds/;
  for (const address of outside) {
    assert.throws(() => guest["copy"]!(address, 0, 1), bad);
    assert.throws(() => guest["copy"]!(0, address, 1), bad);
    assert.throws(() => guest["fill"]!(address, 0, 1), bad);
    assert.throws(() => guest["init"]!(address, 0, 1), bad);
    assert.throws(() => guest["init"]!(0, address, 1), bad);
  }
  assert.throws(() => guest["copy"]!(0, 1, -1), bad);
  assert.throws(() => guest["fill"]!(1, 0, -1), bad);
  guest["copy"]!(end, end, 0);
  guest["init"]!(0, 0, 4);
});

test("memory grows to its limit, and says -1 where there is no more", () => {
  const guest = start(`(module (memory 1 3)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "size") (result i32) (memory.size))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))`);
  assert.throws(() => guest["load"]!(end), /out of bounds/);
  assert.equal(guest["grow"]!(1), 1);
  assert.equal(guest["load"]!(2 * end - 4), 0);
  for (const pages of [2, 65535, 65536, -1]) assert.equal(guest["grow"]!(pages), -1);
  assert.equal(guest["size"]!(), 2);
  const free = start(`(module (memory 0)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`);
  for (const pages of [65536, 65535, 2 ** 31, -1]) assert.equal(free["grow"]!(pages), -1);
});

test("endless recursion ends as the engine ends it, and the guest goes on", () => {
  const guest = start(`(module
    (func $f (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0) (then (call $f (i32.add (local.get 0) (i32.const 1))))
        (else (i32.const 5))))
    (func (export "depth") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call 1 (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0)))))`);
  assert.throws(() => guest["f"]!(1), RangeError);
  (guest["wasmscope: reset"] as Function)();
  assert.equal(guest["f"]!(0), 5);
  assert.equal(guest["depth"]!(20000), 20000);
});
