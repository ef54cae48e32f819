import type { BenchRecord } from "../../src/bench/record.ts";
import { experiments, startKernels } from "../../src/bench/hpcc21/experiments.ts";
import type { Experiment, Load } from "../../src/bench/hpcc21/experiments.ts";
import { randomNormal, seededRandom } from "../../src/stats/index.ts";

/** A runtime as a model: what starting costs, and how long a unit of work takes. */
export interface Model {
  readonly arm: string;
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  readonly family: string;
  readonly startNs: number;
  readonly unitNs: number;
  /** Factors on the work of single modules. */
  readonly on?: Readonly<Record<string, number>>;
}

/** Runtimes that behave as the paper says. */
export const asInPaper: readonly Model[] = [
  model("wasmtime@50.0.1", "cranelift", "Cranelift", 25e6, 1),
  model("wasmtime@0.19.0", "cranelift", "Cranelift", 36e6, 1.2),
  model("wasm2c@1.0.32:jit", "jit", "LLVM", 100e6, 0.7, {
    "polybench-cholesky": 0.7,
    "polybench-gemm": 0.7,
  }),
  model("wasmtime@50.0.1:aot", "aot", "Cranelift", 15e6, 3),
  model("wasmer@7.4.2", "cranelift", "Cranelift", 40e6, 1.3),
  model("node@20.20.2", "default", "V8", 60e6, 1.5, { "edge-canny": 0.5 }),
];

function model(
  arm: string,
  tier: string,
  family: string,
  startNs: number,
  unitNs: number,
  on: Record<string, number> = {},
): Model {
  const [, runtime = "", version = ""] = /^([^@]*)@([^:]*)/.exec(arm)!;
  return { arm, runtime, version, tier, family, startNs, unitNs, on };
}

/** Work of a load in units of about a nanosecond. */
function work({ module, size }: Load): number {
  if (module === "matmul") return 4 * Number(size) ** 3;
  if (startKernels.some((name) => module === `polybench-${name}`)) return 7e6;
  const salt = (module.length * 5 + module.charCodeAt(module.length - 1)) % 7;
  return (module.startsWith("edge") ? 1e8 : 2e8) * (1 + salt);
}

/** Makes the records that the quick experiments would give, with noise of a few percent and moods of blocks. */
export function syntheticRecords(
  models: readonly Model[],
  { blocks = 7, noise = 0.02, seed = 1 }: { blocks?: number; noise?: number; seed?: number } = {},
): BenchRecord[] {
  const random = seededRandom(seed);
  const factor = (sigma: number): number => Math.exp(sigma * randomNormal(random));
  return experiments.flatMap((experiment) =>
    loadsOf(experiment).flatMap((load) =>
      Array.from({ length: blocks }, () => factor(0.2)).flatMap((mood, block) =>
        models.flatMap((arm) =>
          recordsOf(experiment, load, arm, block, () => mood * factor(noise)),
        ),
      ),
    ),
  );
}

/** Those of a quick run, and a product as large as the paper's. */
function loadsOf({ name, quick }: Experiment): Load[] {
  return [...quick.loads, ...(name === "fig8" ? [{ module: "matmul", size: "1000" }] : [])];
}

function recordsOf(
  { name, levels }: Experiment,
  { module, size }: Load,
  arm: Model,
  block: number,
  factor: () => number,
): BenchRecord[] {
  const { startNs, unitNs, on = {}, ...names } = arm;
  const isRepeated = levels.includes("warm");
  const unit = work({ module, size }) * unitNs * (on[module] ?? 1);
  const record = (metric: string, iteration: number, value: number): BenchRecord => ({
    schema: "wasmscope-bench-1",
    run: `synthetic ${name}`,
    time: "2026-01-01T00:00:00Z",
    machine: "0123456789abcdef",
    ...names,
    armIndex: 0,
    module,
    moduleSha256: "0".repeat(64),
    size,
    level: iteration === 0 ? "cold" : "warm",
    block,
    process: 0,
    iteration,
    metric,
    unit: "ns",
    by: "wall",
    value: Math.round(value * factor()),
  });
  return [
    // The engine host's own start is no part of a comparison.
    record("process-start", 0, 200e6),
    record("compile", 0, startNs),
    record("instantiate", 0, unit / 10),
    record("first-call", 0, (unit * 9) / 10),
    ...(isRepeated ? [1, 2, 3, 4, 5] : []).map((iteration) => record("total", iteration, unit)),
  ];
}
