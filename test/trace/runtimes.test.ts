import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runtimes } from "../../src/runtimes/index.ts";
import { measureCalls, observeByEbpf, whyNotEbpf } from "../../src/trace/index.ts";
import type { ObservedRuntime } from "../../src/trace/index.ts";
import { catalogue } from "../../src/trace/catalogue.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const why = whyNotEbpf();
const skip = why === undefined ? {} : missing(why);

const functions = (
  "clock_time_get fd_fdstat_get fd_filestat_get fd_pread fd_prestat_get fd_pwrite fd_read fd_readdir " +
  "fd_seek fd_tell fd_write path_filestat_get path_open poll_oneoff random_get sched_yield"
).split(" ");

async function here(name: string): Promise<ObservedRuntime | undefined> {
  const runtime = runtimes.find((one) => one.name === name)!;
  const found = await runtime.find();
  return found.found ? { runtime, found, tier: runtime.tiers[0]! } : undefined;
}

describe("each runtime whose symbols are known", skip, () => {
  for (const name of new Set(catalogue.map(({ runtime }) => runtime))) {
    if (!runtimes.some((one) => one.name === name)) continue;

    test(`${name}: counts what its guest counts`, async (t) => {
      const observed = await here(name);
      if (observed === undefined) return t.skip(`${name} is not installed here`);
      const plan = { functions, callsPerRound: 40, rounds: 3, repeats: 1 };
      const { counts, calls } = await measureCalls(observed, plan);
      assert.deepEqual(
        counts.filter(({ guest, kernel }) => guest !== kernel),
        [],
      );
      assert.ok(calls.length > functions.length / 2);
      for (const { name: called, seenNs } of calls) assert.ok(seenNs > 0, called);
    });

    test(`${name}: the parts of a run add up`, async (t) => {
      const observed = await here(name);
      if (observed === undefined) return t.skip(`${name} is not installed here`);
      const folder = mkdtempSync(join(tmpdir(), "wasmscope-parts-"));
      try {
        const {
          times,
          functions: seen,
          startSteps,
        } = await observeByEbpf(observed, {
          module: join(root, "workloads/io.wasm"),
          args: ["io", "writes", "500", "16"],
          env: {},
          dirs: [{ host: folder, guest: "." }],
          names: ["fd_write", "fd_close", "path_open", "proc_exit", "path_unlink_file"],
          calibrate: "none",
          stdout: 2,
        });
        const { totalNs, startupNs, guestNs, wasiNs, teardownNs } = times!;
        const parts = startupNs + guestNs + wasiNs + teardownNs;
        assert.ok(Math.abs(parts / totalNs - 1) < 0.01, `${parts} of ${totalNs}`);
        for (const part of [startupNs, guestNs, wasiNs, teardownNs]) assert.ok(part > 0);
        const steps = startSteps!.reduce((sum, { ns }) => sum + ns, 0);
        assert.ok(steps === 0 || Math.abs(steps / startupNs - 1) < 0.01);
        const write = seen.find((one) => one.name === "fd_write")!;
        assert.equal(write.calls, 501);
        assert.equal(write.bytes! >= 8000, true);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
