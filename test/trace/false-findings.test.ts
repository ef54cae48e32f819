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
    const { observations, failures } = await sweepLoads(choices, subjects);
    assert.deepEqual(failures, []);
    const of = (subject: number): LoadObservation[] =>
      observations.filter((_, nth) => nth % subjects.length === subject);
    const found = [...judged([of(0), of(1)]), ...judged([of(2), of(3)])];
    const said = found.map(
      ({ load, function: name, kind, evidence }) => `${load} ${name} ${kind}: ${evidence}`,
    );
    assert.ok(found.length <= mostFalse, said.join("\n"));
    // And the eyes were open: beside the native twin, the same runs have findings.
    const beside = findFindings([...of(0), ...of(2)]);
    assert.ok(beside.some(({ kind }) => kind === "extra-syscalls"));
  });
});
