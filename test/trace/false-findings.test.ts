import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { packageFile } from "../../src/sys/index.ts";
import {
  buildTwin,
  findFindings,
  loads,
  observeByEbpf,
  observeTwin,
  sweepLoads,
  whyNotEbpf,
} from "../../src/trace/index.ts";
import type { Finding, LoadObservation, SweepSubject } from "../../src/trace/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { missing } from "../skip.ts";
import { buildFaulty, faultyRuntime } from "./faulty-runtime.ts";

/** Three each, so that growth is judged; enough calls for every rule. */
const smallSizes: Readonly<Record<string, readonly number[]>> = {
  sleeps: [20, 30, 40],
  syncs: [20, 30, 40],
};
const usualSizes = [50, 100, 200];
/** Of all findings that a suite without any fault may have; each is false. */
const mostFalse = 1;
/** What a busy machine shows once, it does not show again; a rule that is wrong finds the same each time. */
const mostRuns = 3;

function isSame(one: Finding, other: Finding): boolean {
  return one.load === other.load && one.function === other.function && one.kind === other.kind;
}

const names = decodeModule(readFileSync(packageFile("workloads/io.wasm")))
  .imports.filter(({ kind }) => kind === "func")
  .map(({ name }) => name);

const why = whyNotEbpf();
const built = why === undefined ? buildFaulty() : { why };
const skip = why === undefined ? ("why" in built ? missing(built.why) : {}) : missing(why);

/** Judges runs of one program against other runs of it: as against a native twin, and as two runtimes side by side. */
function judged([first, second]: readonly [LoadObservation[], LoadObservation[]]): Finding[] {
  const as = (runtime: string, all: readonly LoadObservation[]): LoadObservation[] =>
    all.map((one) => ({ ...one, observation: { ...one.observation, runtime } }));
  return [
    ...findFindings([...as("native", first), ...as("again", second)]),
    ...findFindings([...as("once", first), ...as("again", second)]),
  ];
}

describe("where nothing is odd", skip, () => {
  const path = "path" in built ? built.path : "";

  test(`the I/O suite has at most ${mostFalse} finding`, async () => {
    const twin = await buildTwin();
    const runtime = faultyRuntime(path, undefined);
    const native: SweepSubject["observe"] = (job) => observeTwin(twin, job);
    const faultless: SweepSubject["observe"] = (job) =>
      observeByEbpf(runtime, { ...job, names, calibrate: "none" });
    const subjects = [native, native, faultless, faultless].map((observe, nth) => ({
      name: String(nth),
      observe,
    }));
    // The runtime with faults ends with an error of its own at renames.
    const runnable = loads.filter(({ name }) => name !== "renames");
    const choices = runnable.map((load) => ({ load, sizes: smallSizes[load.name] ?? usualSizes }));
    let still: Finding[] | undefined;
    let last: readonly LoadObservation[][] = [];
    for (let run = 1; run <= mostRuns && (still?.length ?? Infinity) > mostFalse; run += 1) {
      const { observations, failures } = await sweepLoads(choices, subjects);
      assert.deepEqual(failures, []);
      last = subjects.map((_, subject) =>
        observations.filter((__, nth) => nth % subjects.length === subject),
      );
      const found = [...judged([last[0]!, last[1]!]), ...judged([last[2]!, last[3]!])];
      still = found.filter((one) => still?.some((before) => isSame(one, before)) ?? true);
    }
    const said = still!.map(
      ({ load, function: name, kind, evidence }) => `${load} ${name} ${kind}: ${evidence}`,
    );
    assert.ok(said.length <= mostFalse, said.join("\n"));
    // And the eyes were open: beside the native twin, the same runs have findings.
    const beside = findFindings([...last[0]!, ...last[2]!]);
    assert.ok(beside.some(({ kind }) => kind === "extra-syscalls"));
  });
});
