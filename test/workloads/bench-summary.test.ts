import assert from "node:assert/strict";
import { test } from "node:test";
import { describeMachine } from "../../scripts/bench-machine.ts";
import { formatBenchFile, mergeRecords, selectRecords } from "../../scripts/bench-records.ts";
import type { BenchFile, BenchRecord } from "../../scripts/bench-records.ts";
import { formatReport } from "../../scripts/bench-report.ts";
import { rewritings } from "../../scripts/bench-rewriting.ts";
import { moduleSize } from "../../scripts/bench-sections.ts";
import { meanSlowdown, slowdown } from "../../scripts/bench-summary.ts";
import { isKept, targets } from "../../scripts/bench-targets.ts";
import type { Group } from "../../src/bench/workloads.ts";

const circumstances = { runtime: "node", version: "v20.0.0", tier: "default" } as const;

/** Makes the records of pairs whose instrumented run costs `factor` times the plain one, and whose load costs twice. */
function pairs(workload: string, group: Group, plainMs: number[], factor: number): BenchRecord[] {
  return plainMs.flatMap((ms, iteration) =>
    (["plain", "instrumented"] as const).flatMap((variant) => {
      const at = { workload, group, mode: "insns", variant, ...circumstances, iteration } as const;
      const cpu = { event: "cpu-time", unit: "us" } as const;
      const more = variant === "plain" ? 1 : factor;
      return [
        { ...at, ...cpu, phase: "load", value: variant === "plain" ? 1e5 : 2e5 },
        { ...at, ...cpu, phase: "run", value: ms * 1000 * more },
      ];
    }),
  );
}

const records = [
  ...pairs("coremark-like", "coremark", [100, 180, 90], 1.5),
  ...pairs("gemm", "kernel", [100, 100, 100], 1.5 ** 3),
  ...pairs("brief", "kernel", [1, 1, 1], 9),
  ...pairs("fib", "worst", [100, 100, 100], 20),
];

const near = (a: number | undefined, b: number): void =>
  assert.ok(a !== undefined && Math.abs(a - b) < 1e-9, `${a} is not near ${b}`);

test("a slowdown is the median of the pairs' ratios, whatever the machine's mood", () => {
  const found = slowdown(records, "coremark-like", "insns", "default", "run");
  near(found?.estimate, 1.5);
  near(found?.low, 1.5);
  near(found?.high, 1.5);
});

test("a slowdown with start-up adds the time of loading on both sides", () => {
  near(
    slowdown(records, "gemm", "insns", "default", "start")?.estimate,
    (1.5 ** 3 * 100 + 200) / 200,
  );
});

test("the mean leaves out worst cases and workloads that are too short", () => {
  const mean = meanSlowdown(records, "insns", "default", "run", ["coremark", "kernel", "real"]);
  assert.equal(mean?.workloads, 2);
  near(mean?.interval.estimate, 1.5 ** 2);
});

test("what was not measured has no slowdown and keeps no promise", () => {
  assert.equal(slowdown(records, "gemm", "insns", "turbofan", "run"), undefined);
  assert.equal(slowdown(records, "gemm", "tree", "default", "run"), undefined);
  assert.equal(meanSlowdown(records, "insns", "default", "run", ["real"]), undefined);
  const verdicts = new Map(targets(records).map((target) => [target.what, isKept(target)]));
  assert.equal(verdicts.get("insns, geometric mean"), false);
  assert.equal(verdicts.get("tree, geometric mean"), undefined);
});

test("a side that lacks a run is an error, not a shorter mean", () => {
  const [first] = selectRecords(records, { workload: "gemm", variant: "plain", phase: "run" });
  const broken = records.filter((record) => record !== first);
  assert.throws(() => slowdown(broken, "gemm", "insns", "default", "run"), /3 measurements, 2/);
});

test("rewriting is measured in megabytes of code a second and in multiples of the file", () => {
  const at = {
    ...circumstances,
    workload: "big",
    group: "real",
    mode: "calls",
    variant: "rewriter",
    tier: "none",
    phase: "rewrite",
    iteration: 0,
  } as const;
  const [row] = rewritings([
    { ...at, event: "file-size", unit: "bytes", value: 4e6 },
    { ...at, event: "code-size", unit: "bytes", value: 2e6 },
    { ...at, event: "cpu-time", unit: "us", value: 1e5 },
    { ...at, event: "peak-memory", unit: "bytes", value: 1e7 },
  ]);
  near(row?.firstMBs, 20);
  near(row?.peakMultiple, 2.5);
  assert.equal(row?.warmMBs, undefined);
});

test("the report shows figures, failures and targets, and survives being written and read", () => {
  const failure = {
    ...circumstances,
    workload: "gemm",
    group: "kernel",
    mode: "tree",
    variant: "instrumented",
    phase: "run",
    event: "failure",
    unit: "message",
    value: "trapped: unreachable",
    iteration: 0,
  } as const;
  const file = { machine: describeMachine(), records: [...records, failure] };
  const text = formatReport(file);
  assert.match(text, /gemm .* 3\.38 \(3\.38-3\.38\)/);
  assert.match(text, /over 3 to 3 pairs .* cover LESS than 95 %/);
  assert.match(text, /brief \(too short to weigh\)/);
  assert.match(text, /insns, geometric mean .* 2\.25x .* NO/);
  assert.match(text, /- gemm, tree, default: trapped: unreachable/);
  const again: BenchFile = JSON.parse(formatBenchFile(file));
  assert.equal(formatReport(again), text);
});

test("a later measurement takes the place of an earlier one of the same, and of nothing else", () => {
  const again = pairs("gemm", "kernel", [100, 100], 1.1);
  const both = mergeRecords(records, again);
  assert.equal(both.length, records.length - 12 + 8);
  near(slowdown(both, "gemm", "insns", "default", "run")?.estimate, 1.1);
  near(slowdown(both, "fib", "insns", "default", "run")?.estimate, 20);
});

test("sizes are read from the section headers", () => {
  const code = [10, 0x83, 0x00, 1, 2, 3]; // a size in two bytes, as linkers write it
  const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 1, 0, ...code, 0, 2, 1, 0x6e);
  assert.deepEqual(moduleSize(bytes), { file: bytes.length, code: 3 });
  assert.throws(() => moduleSize(bytes.subarray(0, 12)), /section header/);
});
