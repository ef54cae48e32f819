import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { formats } from "../../src/profile/index.ts";
import { root } from "../root.ts";
import { copies, spins, traps } from "./guests.ts";
import { inFolder, spawnTool } from "./run.ts";

interface Json {
  readonly mode: string;
  readonly valueTypes: readonly { name: string; unit: string }[];
  readonly functions: readonly Record<string, unknown>[];
}

test("samples where the time goes: a part that does four times the work takes longer", async () => {
  await inFolder((folder) => {
    const output = join(folder, "out.json");
    const workload = join(root, "workloads", "complex-simple.wasm");
    const { code, stdout, stderr } = spawnTool([
      "profile",
      "--mode",
      "sample",
      "-o",
      output,
      workload,
      "--",
      "5000",
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /rounds=5000/);
    assert.match(stderr, /mode sample, not rewritten/);
    assert.ok(stderr.endsWith(`wasmscope: wrote ${output}\n`), stderr);
    assert.match(stderr, /note: \d+ samples in \d+\.\d\d s, 200 a second asked for/);
    const { mode, valueTypes, functions } = JSON.parse(readFileSync(output, "utf8")) as Json;
    assert.equal(mode, "sample");
    assert.deepEqual(
      valueTypes.map(({ name, unit }) => `${name}/${unit}`),
      ["samples/count", "time/nanoseconds"],
    );
    const timeOf = (name: string): number => {
      const found = functions.find((entry) => entry["name"] === name);
      return Number(found?.["selfTime"] ?? 0);
    };
    // The share is 80 to 20; a machine that is busy with other things makes it coarser, not other.
    assert.ok(timeOf("complex") > timeOf("simple"), JSON.stringify(functions));
  });
});

test("writes a sampled profile in every format", async () => {
  await inFolder((folder) => {
    const outputs = formats.map(({ extensions }) => join(folder, `out${extensions[0]!}`));
    const { code, stderr } = spawnTool([
      "profile",
      "-q",
      "-m",
      "sample",
      ...outputs.flatMap((file) => ["-o", file]),
      join(root, "workloads", "sieve.wasm"),
      "--",
      "1000000",
      "40",
    ]);
    assert.equal(code, 0, stderr);
    for (const file of outputs) assert.ok(readFileSync(file).length > 20, file);
  });
});

test("keeps the samples of a guest that traps or is stopped", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, spins);
    const stopped = spawnTool(["profile", "-m", "sample", "--timeout", "1s", file]);
    assert.equal(stopped.code, 124, stopped.stderr);
    // A sample may fall into what the host does at the end.
    assert.match(stopped.stderr, /(?:100|9\d)\.\d\d % .* spin\n/);
    for (const caller of ["middle", "_start"]) {
      assert.match(stopped.stderr, new RegExp(` 0\\.\\d\\d % .* ${caller}\n`));
    }
    assert.match(stopped.stderr, /at spin \(0x[0-9a-f]+\)\n +at middle/);
    writeFileSync(file, traps);
    const trapped = spawnTool(["profile", "-m", "sample", file]);
    assert.equal(trapped.code, 134);
    assert.match(trapped.stderr, /at deep \(0x[0-9a-f]+\)\n +at middle/);
    assert.match(trapped.stderr, /not rewritten\n\nwarning: .*(?:no|\d) samples.*--rate\)\n/);
    const joined = spawnTool(["profile", "--join", file]);
    assert.match(joined.stderr, /no counts beside the times: the guest was stopped or trapped/);
  });
});

test("puts exact counts beside the times of a second run with the same input", async () => {
  await inFolder((folder) => {
    const output = join(folder, "out.json");
    const workload = join(root, "workloads", "complex-simple.wasm");
    const joined = spawnTool([
      "profile",
      "--join",
      "--rate",
      "5000",
      "-o",
      output,
      workload,
      "--",
      "9000",
    ]);
    assert.equal(joined.code, 0, joined.stderr);
    // The output of the second run is discarded.
    assert.equal(joined.stdout.match(/rounds=9000/g)!.length, 1);
    assert.match(joined.stderr, /The guest ran twice/);
    assert.match(joined.stderr, /ns\/instruction/);
    const counted = join(folder, "counted.json");
    spawnTool(["profile", "-q", "-m", "blocks", "-o", counted, workload, "--", "9000"]);
    const of = (file: string): unknown => {
      const { functions } = JSON.parse(readFileSync(file, "utf8")) as Json;
      const { calls, selfInsns } = functions.find(({ name }) => name === "complex")!;
      return [calls, selfInsns];
    };
    assert.deepEqual(of(output), of(counted));
    const file = join(folder, "copies.wasm");
    writeFileSync(file, copies);
    const input = "line\n".repeat(10_000);
    const copied = spawnTool(["profile", "--join", "--json", file], { input });
    // Standard output is the report's alone.
    assert.equal(copied.stderr, input);
    const { functions } = JSON.parse(copied.stdout) as Json;
    // 50,000 bytes in pieces of 4,096: thirteen, each of them printed in the second run, too.
    assert.equal(functions.find(({ name }) => name === "print")!["calls"], 13);
  });
});
