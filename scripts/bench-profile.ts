// Measures what the profiler costs: `node .build/scripts/bench-profile.js [options]`, or `npm run bench:profile -- ...`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { root } from "../test/root.ts";
import type { Tier } from "./bench-child.ts";
import { describeMachine } from "./bench-machine.ts";
import { measurePairs, withOutput } from "./bench-overhead.ts";
import type { Pairs } from "./bench-overhead.ts";
import { formatBenchFile, mergeRecords } from "./bench-records.ts";
import type { BenchFile, BenchRecord } from "./bench-records.ts";
import { formatReport } from "./bench-report.ts";
import type { RewriteCost, Times } from "./bench-rewrite.ts";
import { moduleSize, readModule } from "./bench-sections.ts";
import { findTools } from "./bench-tools.ts";
import { modes, transform } from "./bench-transforms.ts";
import type { Mode } from "./bench-transforms.ts";
import { readOwnWorkloads, readRealModules, readRealWorkloads } from "./bench-workloads.ts";
import type { Workload } from "./bench-workloads.ts";

const help = `usage: bench-profile [options]
  --quick              small inputs, 2 repetitions, no real programs: a smoke run, nothing is written
  --only NAME,...      only these workloads
  --modes MODE,...     of ${modes.join(", ")}
  --tiers TIER,...     of default, turbofan
  --parts PART,...     of overhead, size, rewrite
  --repetitions N      pairs a workload, mode and tier (10); at most 3 processes a rewriting
  --module FILE        also rewrite this module; may be given more than once
  --output FOLDER      where profile-overhead.md and .json go (docs/results)
  --merge              keep what an earlier run wrote there and this one does not measure
  --report FILE        render the tables of such a .json again and measure nothing`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    modes: { type: "string", default: modes.join() },
    tiers: { type: "string", default: "default,turbofan" },
    parts: { type: "string", default: "overhead,size,rewrite" },
    repetitions: { type: "string" },
    module: { type: "string", multiple: true, default: [] },
    output: { type: "string" },
    merge: { type: "boolean", default: false },
    report: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** Code sections below this are rewritten in milliseconds, in which V8's compiling of the rewriter is all that is seen. */
const largeCodeBytes = 1_000_000;

const records: BenchRecord[] = [];
const runtime = { runtime: "node", version: process.version } as const;
const scratch = mkdtempSync(join(tmpdir(), "bench-profile-"));

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function fail(
  at: Omit<BenchRecord, "event" | "unit" | "value" | "iteration">,
  error: unknown,
): void {
  const value = error instanceof Error ? error.message : String(error);
  records.push({ ...at, event: "failure", unit: "message", value, iteration: 0 });
  console.error(`failed: ${at.workload}, ${at.mode}, ${at.tier}: ${value}`);
}

function addPairs(workload: Workload, mode: Mode, tier: Tier, pairs: Pairs): void {
  for (const variant of ["plain", "instrumented"] as const) {
    pairs[variant].forEach((cost, iteration) => {
      for (const phase of ["load", "run"] as const) {
        const value = phase === "load" ? cost.loadUs : cost.runUs;
        const { name, group } = workload;
        const at = { workload: name, group, mode, variant, ...runtime, tier, phase };
        records.push({ ...at, event: "cpu-time", unit: "us", value, iteration });
      }
    });
  }
}

function addSizes(workload: Workload, mode: Mode, plain: Uint8Array, changed: Uint8Array): void {
  for (const [variant, bytes] of [
    ["plain", plain],
    ["instrumented", changed],
  ] as const) {
    const size = moduleSize(bytes);
    const { name, group } = workload;
    const at = {
      workload: name,
      group,
      mode,
      variant,
      ...runtime,
      tier: "none",
      phase: "size",
    } as const;
    records.push({ ...at, event: "file-size", unit: "bytes", value: size.file, iteration: 0 });
    records.push({ ...at, event: "code-size", unit: "bytes", value: size.code, iteration: 0 });
  }
}

function measureWorkload(
  workload: Workload,
  mode: Mode,
  tiers: readonly Tier[],
  count: number,
): void {
  const plain = readModule(workload.file);
  const { name, group } = workload;
  const at = { workload: name, group, mode, variant: "instrumented", ...runtime } as const;
  const changed = join(scratch, `${name}.${mode}.wasm`);
  try {
    const bytes = transform(mode, plain);
    writeFileSync(changed, bytes);
    addSizes(workload, mode, plain, bytes);
  } catch (error) {
    fail({ ...at, tier: "none", phase: "rewrite" }, error);
    return;
  }
  for (const tier of tiers) {
    progress(`${name}: ${mode}, ${tier}, ${count} pairs`);
    try {
      addPairs(workload, mode, tier, measurePairs(workload, changed, tier, count));
    } catch (error) {
      fail({ ...at, tier, phase: "run" }, error);
    }
  }
  rmSync(changed);
}

function measureRewriting(
  workload: string,
  file: string,
  wanted: readonly Mode[],
  count: number,
): void {
  const size = moduleSize(readModule(file));
  const at = { workload, group: "real", variant: "rewriter", ...runtime, tier: "none" } as const;
  const add = (
    record: Pick<BenchRecord, "mode" | "phase" | "event" | "value" | "iteration">,
  ): void => {
    records.push({ ...at, ...record, unit: record.event.endsWith("time") ? "us" : "bytes" });
  };
  const addTimes = (
    where: Pick<BenchRecord, "mode" | "phase" | "iteration">,
    { cpuMs, wallMs }: Times,
  ): void => {
    if (!Number.isNaN(cpuMs)) add({ ...where, event: "cpu-time", value: Math.round(cpuMs * 1000) });
    add({ ...where, event: "wall-time", value: Math.round(wallMs * 1000) });
  };
  const addSize = (mode: BenchRecord["mode"]): void => {
    const where = { mode, phase: "rewrite", iteration: 0 } as const;
    add({ ...where, event: "file-size", value: size.file });
    add({ ...where, event: "code-size", value: size.code });
  };
  for (const mode of wanted) {
    addSize(mode);
    for (let iteration = 0; iteration < count; iteration++) {
      progress(`${workload}: rewriting, ${mode}, process ${iteration + 1} of ${count}`);
      const script = fileURLToPath(new URL("bench-rewrite.js", import.meta.url));
      const child = spawnSync(process.execPath, [script, mode, file], { encoding: "utf8" });
      if (child.status !== 0) {
        const error = child.stderr.trim().split("\n").slice(-8).join(" ");
        fail({ ...at, mode, phase: "rewrite" }, error);
        break;
      }
      const cost: RewriteCost = JSON.parse(child.stdout);
      addTimes({ mode, phase: "rewrite", iteration }, cost.first);
      add({ mode, phase: "rewrite", event: "peak-memory", value: cost.peakBytes, iteration });
      cost.warm.forEach((times, i) => {
        addTimes(
          { mode, phase: "rewrite-warm", iteration: iteration * cost.warm.length + i },
          times,
        );
      });
    }
  }
  for (const tool of findTools()) {
    addSize(tool.name);
    try {
      for (let iteration = 0; iteration < count; iteration++) {
        progress(`${workload}: ${tool.name}`);
        addTimes({ mode: tool.name, phase: "rewrite", iteration }, tool.run(file, scratch));
      }
    } catch (error) {
      fail({ ...at, mode: tool.name, phase: "rewrite" }, error);
    }
  }
}

function chosen<T extends string>(text: string, all: readonly T[]): T[] {
  const wanted = text.split(",");
  const unknown = wanted.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`unknown "${unknown}", expected some of ${all.join()}`);
  return all.filter((name) => wanted.includes(name));
}

const machine = describeMachine();
const folder = resolve(options.output ?? join(root, "docs/results"));
const isWritten = !options.quick || options.output !== undefined;

/** Adds what an earlier run on this machine has found, where this one has not measured the same. */
function merged(): BenchFile {
  const file = join(folder, "profile-overhead.json");
  if (!options.merge || !existsSync(file)) return { machine, records };
  const earlier: BenchFile = JSON.parse(readFileSync(file, "utf8"));
  const { cpu, node } = earlier.machine;
  if (cpu !== machine.cpu || node !== machine.node) {
    throw new Error(`${file} is from another machine: ${cpu}, Node ${node}`);
  }
  return { machine, records: mergeRecords(earlier.records, records) };
}

/** Writes what is there so far: a long measurement that is interrupted keeps its finished part. */
function save(file: BenchFile): void {
  if (!isWritten) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "profile-overhead.json"), formatBenchFile(file));
  const text = `# What profiling costs\n\n${formatReport(file)}`;
  writeFileSync(join(folder, "profile-overhead.md"), text);
}

function measure(): BenchFile {
  const { quick } = options;
  const parts = chosen(options.parts, ["overhead", "size", "rewrite"]);
  const tiers = parts.includes("overhead")
    ? chosen(options.tiers, ["default", "turbofan"] as const)
    : [];
  const wanted = chosen(options.modes, modes);
  const only = options.only?.split(",");
  const isWanted = ({ name }: { name: string }): boolean => only?.includes(name) ?? true;
  // A smoke run takes real programs only when they are named: they have no small inputs.
  const real = quick && only === undefined ? [] : readRealWorkloads();
  const workloads = [...readOwnWorkloads(quick), ...real].filter(isWanted);
  const count = Number(options.repetitions ?? (quick ? 2 : 10));
  const start = merged();
  const soFar = (): BenchFile => ({ machine, records: mergeRecords(start.records, records) });
  if (parts.includes("overhead") || parts.includes("size")) {
    for (const workload of workloads) {
      const agreed = tiers.length === 0 ? workload : withOutput(workload);
      for (const mode of wanted) measureWorkload(agreed, mode, tiers, count);
      save(soFar());
    }
  }
  if (parts.includes("rewrite")) {
    const large = [
      ...(quick && only === undefined ? [] : readRealModules()).filter(isWanted),
      ...options.module.map((file) => ({ name: basename(file), file: resolve(file) })),
    ].filter(({ file }) => moduleSize(readModule(file)).code >= largeCodeBytes);
    if (large.length === 0) console.error("skipped: rewriting needs large modules (--module FILE)");
    for (const { name, file } of large) {
      measureRewriting(name, file, wanted, quick ? 1 : Math.min(count, 3));
      save(soFar());
    }
  }
  return soFar();
}

try {
  if (options.help) {
    console.log(help);
  } else if (options.report !== undefined) {
    const file: BenchFile = JSON.parse(readFileSync(options.report, "utf8"));
    console.log(formatReport(file));
  } else {
    const file = measure();
    progress("");
    console.log(formatReport(file));
    // What another tool refuses is no failure of ours.
    const ours = records.filter(({ mode }) => (modes as readonly string[]).includes(mode));
    if (ours.some(({ event }) => event === "failure")) process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
