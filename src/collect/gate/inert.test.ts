import assert from "node:assert/strict";
import { test } from "node:test";
import { wat } from "../../../test/oracle/wat.ts";
import { decodeModule } from "../../wasm/index.ts";
import { inertModule } from "./inert.ts";

const imports = `(import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))`;

/** Modules whose exports would be noticed if they ran. */
const loud: Readonly<Record<string, string>> = {
  "a command": `(module ${imports} (func (export "_start") unreachable))`,
  "a start section": `(module ${imports} (func $begin unreachable) (start $begin)
    (func (export "_start") unreachable))`,
  "a library with parameters": `(module ${imports}
    (func (export "add") (param i32 i32) (result i32) unreachable) (func (export "_initialize") unreachable))`,
  "an export that is an import": `(module ${imports} (export "_start" (func $proc_exit)))`,
  "a reference that an export alone declares": `(module ${imports}
    (func $named (export "_start") (drop (ref.func $named)) unreachable))`,
  "no functions of its own": `(module ${imports} (memory (export "memory") 1))`,
};

for (const [what, text] of Object.entries(loud))
  test(`${what} does nothing when it is inert`, async () => {
    const bytes = inertModule(decodeModule(wat(text)));
    const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes), {
      wasi_snapshot_preview1: { proc_exit: () => assert.fail("it ran") },
    });
    const exported = Object.entries(instance.exports).filter(
      ([name, value]) => typeof value === "function" && !name.startsWith("wasmscope function"),
    );
    assert.ok(exported.some(([name]) => name === "_start"));
    for (const [, value] of exported) assert.equal((value as () => unknown)(), undefined);
  });

test("an inert module is refused for what the other is refused for", () => {
  const bytes = wat(
    `(module (func (export "_start")) (func (result i32) i64.const 1 i32.wrap_i64))`,
  );
  const broken = Uint8Array.from(bytes);
  // i32.wrap_i64 becomes an addition, which wants two numbers.
  broken[broken.lastIndexOf(0xa7)] = 0x6a;
  assert.ok(WebAssembly.validate(Uint8Array.from(inertModule(decodeModule(bytes)))));
  assert.ok(!WebAssembly.validate(Uint8Array.from(inertModule(decodeModule(broken)))));
});
