import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { installed, runtimes } from "../../src/runtimes/index.ts";
import { bestWay, observe, observeByEbpf, whyNotEbpf } from "../../src/trace/index.ts";
import type { ObservedRuntime, ObserveJob } from "../../src/trace/index.ts";
import { wat } from "../oracle/wat.ts";
import { missing } from "../skip.ts";

const times = 500;
const names = ["random_get", "sched_yield"];
const folder = mkdtempSync(join(tmpdir(), "unstable-"));
const nowhere = openSync(devNull, "w");
after(() => {
  closeSync(nowhere);
  rmSync(folder, { recursive: true, force: true });
});
const module = join(folder, "old.wasm");
writeFileSync(
  module,
  wat(`(module
    (import "wasi_unstable" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_unstable" "sched_yield" (func $sched_yield (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (local $left i32)
      (local.set $left (i32.const ${times}))
      (loop
        (drop (call $random_get (i32.const 1000) (i32.const 8)))
        (drop (call $sched_yield))
        (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`),
);
const job: ObserveJob = {
  module,
  names,
  beforePreview1: true,
  args: ["old"],
  env: {},
  dirs: [{ host: folder, guest: "." }],
  stdout: nowhere,
  calibrate: "none",
};

/** Versions of the library whose functions of that time have no symbols that are known; from 20 on it has none. */
const blind = installed("wasmtime")
  .map(({ version }) => version)
  .filter((version) => !/^0\.(?:19|2[0-5])\./.test(version) && !/^(?:[2-9]\d)\./.test(version));

async function versionOf(version: string): Promise<ObservedRuntime> {
  const runtime = runtimes.find(({ name }) => name === "wasmtime")!;
  const found = await runtime.find(version);
  assert.ok(found.found);
  return { runtime, found, tier: runtime.tiers[0]! };
}

const why = whyNotEbpf();
describe(
  "a guest of the time before preview1",
  why === undefined
    ? blind.length === 0
      ? missing("no wasmtime of 0.27 to 19: wasmscope runtimes install wasmtime@17")
      : {}
    : missing(why),
  () => {
    for (const version of blind) {
      test(`wasmtime ${version}: is watched by a word, and probes say that they see nothing`, async () => {
        const old = await versionOf(version);
        const best = bestWay(old, job);
        assert.equal(best.way, "word");
        assert.match(best.why!, /wasi_unstable/);
        const seen = await observe(old, job);
        const counts = seen.functions.map(({ name, calls }) => [name, calls] as const);
        assert.deepEqual(new Map(counts).get("random_get"), times);
        assert.deepEqual(new Map(counts).get("sched_yield"), times);
        const probed = await observeByEbpf(old, job);
        assert.match(probed.notes.join("\n"), /wasi_unstable.*calls are not seen/);
      });

      test(`wasmtime ${version}: nothing is said of guests of today`, async () => {
        assert.equal(
          bestWay(await versionOf(version), { ...job, beforePreview1: false }).way,
          "ebpf",
        );
      });
    }
  },
);
