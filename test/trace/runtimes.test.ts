import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runtimes } from "../../src/runtimes/index.ts";
import { measureCalls, observeByEbpf, whyNotEbpf } from "../../src/trace/index.ts";
import type { Observation, ObservedRuntime } from "../../src/trace/index.ts";
import { catalogue } from "../../src/trace/catalogue.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const why = whyNotEbpf();
const skip = why === undefined ? {} : missing(why);

const functions = (
  "clock_time_get fd_fdstat_get fd_filestat_get fd_pread fd_prestat_get fd_pwrite fd_read fd_readdir " +
  "fd_seek fd_tell fd_write path_filestat_get path_open poll_oneoff random_get sched_yield"
).split(" ");

/** Says of which it is not known where their guests begin or end: wasm2c's leave by longjmp when they exit. */
function lacksMarks(name: string, exitCode: number): boolean {
  return name === "wasm2c" && exitCode !== 0;
}

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

    for (const [args, exitCode] of [
      [["writes", "500", "16"], 0],
      [["no such load"], 1],
    ] as const) {
      test(`${name}: the parts of a run that ends with ${exitCode} add up`, async (t) => {
        const observed = await here(name);
        if (observed === undefined) return t.skip(`${name} is not installed here`);
        const seen = await observeLoad(observed, args);
        assert.equal(seen.exitCode, exitCode);
        const { totalNs, startupNs, guestNs, wasiNs, teardownNs } = seen.times!;
        const parts = startupNs + guestNs + wasiNs + teardownNs;
        assert.ok(Math.abs(parts / totalNs - 1) < 0.01, `${parts} of ${totalNs}`);
        for (const part of [startupNs, guestNs, wasiNs, teardownNs]) assert.ok(part > 0);
        const steps = seen.startSteps!.reduce((sum, { ns }) => sum + ns, 0);
        assert.ok(steps === 0 || Math.abs(steps / startupNs - 1) < 0.01);
        const unseen = seen.notes.filter((note) => note.includes("was not seen"));
        if (!lacksMarks(name, exitCode)) assert.deepEqual(unseen, []);
        const write = seen.functions.find((one) => one.name === "fd_write")!;
        assert.equal(write.calls, exitCode === 0 ? 501 : 1);
        assert.ok(write.bytes! >= (exitCode === 0 ? 8000 : 1));
      });
    }
  }
});

/** Runs a load of the workload `io` in an empty folder. */
async function observeLoad(
  observed: ObservedRuntime,
  args: readonly string[],
): Promise<Observation> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-parts-"));
  const nowhere = openSync(devNull, "w");
  try {
    return await observeByEbpf(observed, {
      module: join(root, "workloads/io.wasm"),
      args: ["io", ...args],
      env: {},
      dirs: [{ host: folder, guest: "." }],
      names: ["fd_write", "fd_close", "path_open", "proc_exit", "path_unlink_file"],
      calibrate: "none",
      stdout: nowhere,
      stderr: nowhere,
    });
  } finally {
    closeSync(nowhere);
    rmSync(folder, { recursive: true, force: true });
  }
}
