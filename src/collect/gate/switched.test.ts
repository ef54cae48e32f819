import assert from "node:assert/strict";
import { test } from "node:test";
import { wat } from "../../../test/oracle/wat.ts";
import { decodeModule } from "../../wasm/index.ts";
import { switchedModule } from "./switched.ts";

/** Calls a function of a module that was given a switch, and says what it gave and how often the host was called. */
async function called(
  text: string,
  isOn: boolean,
  name?: string,
  ...args: unknown[]
): Promise<{ value: unknown; calls: number }> {
  const bytes = switchedModule(decodeModule(wat(text)), isOn, name);
  assert.ok(bytes !== undefined);
  let calls = 0;
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes), {
    env: { work: () => void calls++ },
  });
  assert.equal(calls, 0, "nothing runs before it is called");
  const value = (instance.exports[name ?? "_start"] as (...given: unknown[]) => unknown)(...args);
  return { value, calls };
}

const host = '(import "env" "work" (func $work))';

test("a command runs when it is switched on, its start function first, and does nothing when it is off", async () => {
  const text = `(module ${host} (global (mut i64) (i64.const 7))
    (func $begin (call $work)) (start $begin) (func (export "_start") (call $work) (call $work)))`;
  assert.deepEqual(await called(text, true), { value: undefined, calls: 3 });
  assert.deepEqual(await called(text, false), { value: undefined, calls: 0 });
});

for (const [type, value, off] of [
  ["i32", 5, 0],
  ["i64", 5n, 0n],
  ["f32", 0.5, 0],
  ["f64", 0.1, 0],
] as const)
  test(`a function of ${type} gives what it gave, or zero`, async () => {
    const text = `(module ${host} (func (export "same") (param ${type} i32) (result ${type})
      (call $work) (local.get 0)))`;
    assert.deepEqual(await called(text, true, "same", value, 1), { value, calls: 1 });
    assert.deepEqual(await called(text, false, "same", value, 1), { value: off, calls: 0 });
  });

test("both modules are the same but for a bit", () => {
  const module = decodeModule(wat(`(module ${host} (func (export "_start") (call $work)))`));
  const [on, off] = [switchedModule(module, true)!, switchedModule(module, false)!];
  assert.equal(on.length, off.length);
  assert.equal(on.filter((byte, at) => byte !== off[at]).length, 1);
});

test("what cannot have a switch is said", () => {
  const text = `(module (func (export "two") (result i32 i32) (i32.const 1) (i32.const 2))
    (func (export "vector") (result externref) (ref.null extern)))`;
  for (const name of ["two", "vector", "nope", "_start"])
    assert.equal(switchedModule(decodeModule(wat(text)), true, name), undefined);
});
