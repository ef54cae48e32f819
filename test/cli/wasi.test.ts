import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { whyNotEbpf } from "../../src/trace/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-wasi-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const module = join(root, "workloads/io.wasm");

function wasi(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = join(root, ".build/src/cli/main.js");
  return spawnSync(process.execPath, [main, "wasi", ...args], { cwd: folder, encoding: "utf8" });
}

const why = whyNotEbpf();
const skip = why === undefined ? {} : missing(why);

test("shows functions, their system calls, and where the time went", skip, () => {
  const { status, stderr, stdout } = wasi(module, "--dir", ".", "--", "writes", "300", "16");
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "io writes count=300 bytes=4800\n");
  assert.match(stderr, /total \d\S* m?s: ░ startup \d.*guest \d.*WASI \d.*teardown \d/s);
  assert.match(stderr, /^ +301 .* fd_write: write 1\.00$/m);
});

test("gives the same as JSON, whose parts add up", skip, () => {
  const { status, stderr, stdout } = wasi(
    module,
    "--json",
    "--dir",
    ".",
    "--",
    "writes",
    "300",
    "16",
  );
  assert.equal(status, 0, stderr);
  assert.match(stderr, /io writes count=300/);
  const { runtimes } = JSON.parse(stdout) as {
    runtimes: {
      times: Record<string, number>;
      functions: { name: string; calls: number; syscalls: { name: string; count: number }[] }[];
    }[];
  };
  const { times, functions } = runtimes[0]!;
  const { totalNs, startupNs, guestNs, wasiNs, teardownNs } = times as Record<
    "totalNs" | "startupNs" | "guestNs" | "wasiNs" | "teardownNs",
    number
  >;
  assert.equal(startupNs + guestNs + wasiNs + teardownNs, totalNs);
  const write = functions.find(({ name }) => name === "fd_write")!;
  assert.equal(write.calls, 301);
  assert.deepEqual(
    write.syscalls.map(({ name, count }) => [name, count]),
    [["write", 301]],
  );
});

test("says what it cannot look into", () => {
  assert.match(wasi().stderr, /which module\?/);
  assert.match(wasi(module, "--runtime", "nothing").stderr, /no runtime has the name "nothing"/);
  const { status, stderr } = wasi(join(root, "workloads/nothing.wasm"));
  assert.equal(status, 125);
  assert.match(stderr, /nothing\.wasm/);
});
