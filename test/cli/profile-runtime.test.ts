import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { wat } from "../oracle/wat.ts";
import { inFolder, spawnTool } from "./run.ts";

/** Writes a line to standard error, and then does something. */
const program = (then: string): Uint8Array =>
  wat(`(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\\10\\00\\00\\00\\05\\00\\00\\00says\\0a")
  (func $work (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func (export "_start")
    (drop (call $work (call $work (i32.const 1))))
    (drop (call $fd_write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 0)))
    ${then}))`);

/** What the guest does at its end, the tool's exit code, and what stands on standard error behind the guest's line. */
const ends: readonly (readonly [then: string, code: number, stderr: RegExp])[] = [
  ["", 0, /^\nwasmscope: guest\.wasm, mode calls, exact.*\n[^]* 2  work\n[^]*Run by node /],
  ["(call $proc_exit (i32.const 7))", 7, /^\nwasmscope: guest\.wasm[^]* 2  work\n/],
  ["unreachable", 134, /wasmscope: no profile: the guest trapped in node /],
  ["(loop (br 0))", 124, /wasmscope: no profile: the guest was stopped/],
];

for (const [then, code, stderr] of ends)
  test(`a guest elsewhere that ends by ${then || "returning"} has its own exit code and stderr`, async () => {
    await inFolder((folder) => {
      const file = join(folder, "guest.wasm");
      writeFileSync(file, program(then));
      const limit = code === 124 ? ["--timeout", "1500ms"] : [];
      const ran = spawnTool([
        "profile",
        "-m",
        "calls",
        "--runtime",
        "node:liftoff",
        ...limit,
        file,
      ]);
      assert.equal(ran.code, code, ran.stderr);
      assert.ok(ran.stderr.startsWith("says\n"), ran.stderr);
      assert.match(ran.stderr.slice("says\n".length), stderr);
      assert.doesNotMatch(ran.stderr, /~wasmscope/);
      return Promise.resolve();
    });
  });

test("counts come through a file where that is asked for", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, program(""));
    const args = ["profile", "-m", "tree", "--runtime", "node:liftoff", "--dir", `${folder}::.`];
    const ran = spawnTool([...args, "--sink", "counts.txt", file]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /^says\n\nwasmscope: guest\.wasm, mode tree[^]* 2 +work\n/);
    assert.ok(!existsSync(join(folder, "counts.txt")));
    return Promise.resolve();
  });
});
