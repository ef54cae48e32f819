import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readOwnWorkloads } from "../../scripts/bench-workloads.ts";
import { loadManifest } from "../../src/bench/workloads.ts";
import { decodeModule, readNames } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { inputBytes } from "./inputs.ts";
import { runInNode } from "./run-in-node.ts";

const { workloads } = loadManifest();
const profiled = new Set(readOwnWorkloads(true).map(({ name }) => name));

for (const { name, file, dirs, sizes } of workloads.filter((row) => !profiled.has(row.name)))
  test(`${name} prints what the manifest says`, () => {
    const { args, stdin, stdoutSha256 } = sizes.mini;
    const given = { args, dirs, ...(stdin !== undefined && { stdin: inputBytes(stdin) }) };
    const { exitCode, stdout, stderr } = runInNode(join(root, file), given);
    assert.equal(exitCode, 0, stderr);
    assert.equal(createHash("sha256").update(stdout).digest("hex"), stdoutSha256, String(stdout));
  });

test("no two rows have one name, and every size but the largest says what it prints", () => {
  assert.equal(new Set(workloads.map(({ name }) => name)).size, workloads.length);
  for (const { name, sizes } of workloads)
    for (const [size, { stdoutSha256 }] of Object.entries(sizes))
      if (size !== "extralarge" || stdoutSha256 !== undefined)
        assert.match(String(stdoutSha256), /^[0-9a-f]{64}$/, `${name} ${size}`);
});

test("the modules that compare runtimes are small, and name their functions", () => {
  const files = workloads.filter(({ name }) => !profiled.has(name)).map(({ file }) => file);
  const sizes = new Map([...new Set(files)].map((file) => [file, readFileSync(join(root, file))]));
  for (const [file, bytes] of sizes) {
    const module = decodeModule(bytes);
    assert.ok(readNames(module).functions.size > module.functions.length / 2, file);
    assert.ok(module.sections.every(({ customName }) => !customName?.startsWith(".debug")));
  }
  const kernels = [...sizes].filter(([file]) => file.includes("/polybench/"));
  assert.ok(kernels.reduce((sum, [, bytes]) => sum + bytes.length, 0) < 300_000);
});
