import assert from "node:assert/strict";
import { test } from "node:test";
import { wat } from "../../test/oracle/wat.ts";
import { decodeModule, readCalls } from "../wasm/index.ts";
import { instrument } from "./instrument.ts";
import { exactModes } from "./modes.ts";
import { rehearsalModule } from "./rehearsal.ts";

test("the module for rehearsals can be read, with all that is seldom in it", () => {
  const calls = readCalls(decodeModule(rehearsalModule()));
  assert.equal(calls.unknownFunction, undefined);
  assert.ok(calls.repeaters.length > 0);
  assert.ok(calls.throwers.length > 0);
  assert.ok(calls.referenced.length > 0);
  assert.ok(calls.indirectCallers.size > 1);
});

const small = wat(`(module (memory 1) (func $f (export "run") (param i32) (result i32)
  (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0)))
  (if (result i32) (local.get 0) (then (call $f (local.get 0))) (else (i32.const 1)))))`);

for (const mode of exactModes) {
  test(`a large module is rewritten like a small one (${mode})`, () => {
    // A custom section of three million bytes, which is copied.
    const custom = new Uint8Array(3_000_005);
    custom.set([0x00, 0xc0, 0x8d, 0xb7, 0x01, 0x00]);
    const large = Buffer.concat([small, custom]);
    const plain = instrument(small, { mode, memory: "second" }).bytes;
    const { bytes } = instrument(large, { mode, memory: "second" });
    assert.equal(bytes.length, plain.length + custom.length);
    assert.ok(Buffer.from(bytes.buffer, bytes.byteOffset, plain.length).equals(plain));
  });
}
