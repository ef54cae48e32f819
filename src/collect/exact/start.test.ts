import assert from "node:assert/strict";
import { test } from "node:test";
import { wat } from "../../../test/oracle/wat.ts";
import { exactModes } from "../../instrument/index.ts";
import { profileRun } from "../index.ts";

/** A command with a start section, whose function does `what` with a memory that WASI must know. */
function command(what: string): Uint8Array {
  return wat(`(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func $begin (drop (call $random (i32.const 8) (i32.const 4))) ${what})
    (func $main (export "_start") (nop))
    (start $begin))`);
}

const guest = { args: ["guest"], env: {}, dirs: [] };
const module = { name: "guest.wasm", sha256: "" };

for (const mode of exactModes) {
  test(`runs a start section before _start, mode ${mode}`, async () => {
    const options = { mode, memory: "region", module, guest } as const;
    const { end, profile } = await profileRun(command(""), options);
    assert.deepEqual(end, { kind: "exit", code: 0 });
    assert.deepEqual(profile.frames.map(({ name }) => name).toSorted(), ["begin", "main"]);
  });

  test(`counts a start section that traps or exits, mode ${mode}`, async () => {
    const options = { mode, memory: "region", module, guest } as const;
    const trapped = await profileRun(command("unreachable"), options);
    assert.equal(trapped.end.kind, "trap");
    const left = await profileRun(command("(call $exit (i32.const 7))"), options);
    assert.deepEqual(left.end, { kind: "exit", code: 7 });
    const column = mode === "calls" ? 0 : trapped.profile.primary;
    // Four instructions up to drop, and unreachable; or the constant and the call.
    assert.deepEqual([...trapped.profile.selfValues[column]!], [mode === "calls" ? 1 : 5]);
    assert.deepEqual([...left.profile.selfValues[column]!], [mode === "calls" ? 1 : 6]);
  });
}
