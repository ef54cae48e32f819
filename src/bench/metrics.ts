import type { BenchRecord } from "./record.ts";

/** Something that is measured: a row of `metrics`. */
export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly unit: BenchRecord["unit"];
  /** Whether it is a part of `host-total` (cold) or `total` (warm), so that the parts and `unexplained` sum to it. */
  readonly part?: "cold" | "both";
}

/** All metrics, in the order in which a run has them. Steps of preparing have names of their own: `prepare-compile`. */
export const metrics: readonly Metric[] = [
  { name: "process-start", title: "process start", unit: "ns", part: "cold" },
  { name: "host-start", title: "engine start", unit: "ns", part: "cold" },
  { name: "read", title: "read", unit: "ns", part: "cold" },
  { name: "compile", title: "decode, compile", unit: "ns", part: "cold" },
  { name: "store-artefact", title: "store artefact", unit: "ns" },
  { name: "load-artefact", title: "load artefact", unit: "ns", part: "cold" },
  { name: "instantiate", title: "instantiate", unit: "ns", part: "both" },
  { name: "first-call", title: "first call", unit: "ns", part: "both" },
  { name: "steady-call", title: "steady call", unit: "ns" },
  { name: "teardown", title: "teardown", unit: "ns", part: "both" },
  { name: "messages", title: "messages", unit: "ns", part: "cold" },
  { name: "exit", title: "process end", unit: "ns", part: "cold" },
  { name: "unexplained", title: "unexplained", unit: "ns", part: "both" },
  { name: "host-total", title: "whole host", unit: "ns" },
  { name: "total", title: "total", unit: "ns" },
  { name: "peak-memory", title: "peak memory", unit: "bytes" },
  { name: "host-peak-memory", title: "peak memory of the host", unit: "bytes" },
  { name: "code-size", title: "code size", unit: "bytes" },
  { name: "artefact-size", title: "artefact size", unit: "bytes" },
  { name: "instructions", title: "instructions", unit: "count" },
  { name: "machine-instructions", title: "machine instructions", unit: "count" },
  {
    name: "run-machine-instructions",
    title: "machine instructions behind start-up",
    unit: "count",
  },
  { name: "run-machine-data-accesses", title: "loads and stores behind start-up", unit: "count" },
  {
    name: "run-machine-instruction-misses",
    title: "misses of the instruction cache behind start-up",
    unit: "count",
  },
  {
    name: "run-machine-data-misses",
    title: "misses of the data cache behind start-up",
    unit: "count",
  },
  {
    name: "run-machine-last-level-misses",
    title: "misses of the last cache behind start-up",
    unit: "count",
  },
];

/** Names the metric that arms are compared by at a level. */
export const mainMetric: Readonly<Record<BenchRecord["level"], string>> = {
  cold: "total",
  warm: "total",
  hot: "steady-call",
};
