// Measures what mode `time` costs and how well it estimates: `npm run bench:time -- [--quick] [--only NAME,...]
// [--repetitions N]`. Writes docs/results/time.md, unless --quick. Runs of one workload are taken in turn.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { geometricMean, median, medianRatio } from "../src/stats/index.ts";
import type { Interval } from "../src/stats/index.ts";
import { root } from "../test/root.ts";
import { describeMachine } from "./bench-machine.ts";
import type { TimeBenchJob, TimeBenchRun } from "./bench-time-child.ts";
import { readOwnWorkloads, readRealWorkloads } from "./bench-workloads.ts";
import type { Workload } from "./bench-workloads.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    repetitions: { type: "string" },
  },
});
const repetitions = Number(options.repetitions ?? (options.quick ? 1 : 7));
const script = fileURLToPath(new URL("bench-time-child.js", import.meta.url));
const ways = ["plain", "time", "calibrated", "sampled"] as const;
type Way = (typeof ways)[number];

function runOnce(workload: Workload, way: Way): TimeBenchRun {
  const work = mkdtempSync(join(tmpdir(), "bench-time-"));
  const { name, args, env, file, stdin } = workload;
  const dirs = workload.dirs.map(([host, guest]) => ({
    host: host === "work" ? work : host,
    guest,
  }));
  const job: TimeBenchJob = { file, way, guest: { args: [name, ...args], env, dirs } };
  const child = spawnSync(process.execPath, ["--no-warnings", script, JSON.stringify(job)], {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    input: stdin,
    maxBuffer: 1 << 30,
  });
  rmSync(work, { recursive: true, force: true });
  const report = child.output?.[3]?.toString() ?? "";
  if (report === "") throw new Error(`${name}, ${way}: ${String(child.stderr).slice(-500)}`);
  return JSON.parse(report) as TimeBenchRun;
}

/** CPU time over that of the plain module. */
interface Cost {
  readonly guest: Interval;
  readonly process: Interval;
}

interface Row {
  readonly workload: Workload;
  /** CPU time of the guest's thread. */
  readonly plainMs: number;
  readonly time: Cost;
  readonly calibrated: Cost;
  /** The largest difference in points between estimated shares and those of all samples taken. */
  readonly worstPoints: Record<"time" | "calibrated", number>;
}

function measure(workload: Workload): Row {
  const runs: Record<Way, TimeBenchRun[]> = { plain: [], time: [], calibrated: [], sampled: [] };
  for (let nth = 0; nth < repetitions; nth++) {
    for (const way of ways) runs[way].push(runOnce(workload, way));
  }
  const of = (way: Way, key: "guestUs" | "processUs"): number[] => runs[way].map((run) => run[key]);
  const cost = (way: Way): Cost => ({
    guest: medianRatio(of(way, "guestUs"), of("plain", "guestUs")),
    process: medianRatio(of(way, "processUs"), of("plain", "processUs")),
  });
  const sampled = shares(runs.sampled);
  const worst = (way: "time" | "calibrated"): number => {
    const found = shares(runs[way]);
    const estimated = new Set(runs[way].flatMap((run) => run.estimated));
    const points = [...estimated].map((func) =>
      Math.abs((found.get(func) ?? 0) - (sampled.get(func) ?? 0)),
    );
    return Math.max(0, ...points);
  };
  return {
    workload,
    plainMs: median(of("plain", "guestUs")) / 1000,
    time: cost("time"),
    calibrated: cost("calibrated"),
    worstPoints: { time: worst("time"), calibrated: worst("calibrated") },
  };
}

/** Percent of each function in the guest's time, the mean of all runs. */
function shares(runs: readonly TimeBenchRun[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { self } of runs) {
    const all = Object.values(self).reduce((sum, value) => sum + value, 0);
    for (const [func, value] of Object.entries(self)) {
      const key = Number(func);
      sums.set(key, (sums.get(key) ?? 0) + (100 * value) / all / runs.length);
    }
  }
  return sums;
}

const only = options.only?.split(",");
const workloads = [
  ...readOwnWorkloads(options.quick),
  ...(options.quick ? [] : readRealWorkloads(true)),
].filter(({ name }) => only?.includes(name) ?? true);
const rows: Row[] = [];
const machine = describeMachine();
for (const workload of workloads) {
  const row = measure(workload);
  rows.push(row);
  const { plainMs, time, calibrated, worstPoints } = row;
  console.log(
    workload.name.padEnd(18),
    `${plainMs.toFixed(0)} ms`.padStart(9),
    ...[time.guest, time.process, calibrated.guest, calibrated.process].map(format),
    `${worstPoints.time.toFixed(1)} ${worstPoints.calibrated.toFixed(1)} points`,
  );
}

function format({ estimate, low, high }: Interval): string {
  return `${estimate.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}

/** Shorter runs are mostly the fixed cost of starting things, and noise. */
const shortestMs = 500;
const real = rows.filter(
  ({ workload, plainMs }) => workload.group === "real" && plainMs >= shortestMs,
);
const mean = (way: "time" | "calibrated", of: keyof Cost): string =>
  real.length === 0 ? "-" : geometricMean(real.map((row) => row[way][of].estimate)).toFixed(3);
const { cpu, cores, memoryGiB, kernel, node, v8, loadBefore } = machine;
const report = `# What mode time costs

${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}, Node ${node} (V8 ${v8}), load average before: ${loadBefore}.

CPU time of the guest's run against the plain module: medians of ${repetitions} runs each, taken in turn; brackets: 95 %
bootstrap intervals. "Thread" is the thread that runs the guest, which is what one waits for; "process" is all threads:
V8 compiles what was added to the module, and its sampler reads what it sees, on threads of their own. Points: the
largest difference between the share of a function that is marked ≈ and its share in samples of the plain module (1000 a
second, all runs together).

| workload | plain thread ms | --mode time: thread | process | --calibrate: thread | process | points | --calibrate: points |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows
  .map(
    ({ workload, plainMs, time, calibrated, worstPoints }) =>
      `| ${workload.name} | ${plainMs.toFixed(0)} | ` +
      `${format(time.guest)} | ${format(time.process)} | ` +
      `${format(calibrated.guest)} | ${format(calibrated.process)} | ` +
      `${worstPoints.time.toFixed(1)} | ${worstPoints.calibrated.toFixed(1)} |`,
  )
  .join("\n")}
| **geometric mean of ${real.length} real programs (of at least ${shortestMs} ms)** | | **${mean("time", "guest")}** | **${mean("time", "process")}** | **${mean("calibrated", "guest")}** | **${mean("calibrated", "process")}** | | |
`;
if (!options.quick && only === undefined) {
  const file = join(root, "docs/results/time.md");
  writeFileSync(file, report);
  spawnSync("npx", ["prettier", "--write", file], { cwd: root });
} else console.log(report);
