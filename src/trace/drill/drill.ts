import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../../runtimes/index.ts";
import type { LaunchedBy } from "../../runtimes/index.ts";
import { whereIs } from "../../sys/index.ts";
import type { Finding } from "../findings/index.ts";
import { loads } from "../loads/load.ts";
import { observeLoad } from "../loads/observe-load.ts";
import type { LoadJob } from "../loads/observe-load.ts";
import type { Observation } from "../observation.ts";
import type { ObservedRuntime } from "../observe.ts";
import { syscallNumber } from "../syscall-names.ts";
import { findTarget } from "../target.ts";
import type { TraceTarget } from "../target.ts";
import { readPerfStacks } from "./perf-stacks.ts";
import type { SampledStack } from "./perf-stacks.ts";
import { Symboliser } from "./symbolise.ts";

/** A way that leads to what a finding is about. */
export interface DrilledStack {
  /** How many of the samples came this way. */
  readonly samples: number;
  /** Symbols as they stand in the files, from the WASI function inwards. */
  readonly frames: readonly string[];
}

/** What was sampled for a finding. */
export interface Drill {
  /** `system calls` of the finding's kinds, or `processor time`. */
  readonly of: string;
  /** All samples inside of the WASI function. */
  readonly samples: number;
  /** The most frequent ways, at most as many as were asked for. */
  readonly stacks: readonly DrilledStack[];
}

/** Samples that show which way is the usual one; more cost time only. */
const wantedSamples = 300;
const rateHz = 4999;
/** Rust and C keep no frame pointers, but tables for exceptions; Go has the pointers, and no such tables. */
const unwinding = { tables: "dwarf,8192", go: "fp" } as const;

/**
 * Runs a finding's load once more under perf and collects the stacks inside of its WASI function: at the system calls
 * that the finding is about, or else by processor time. Throws a `CannotRun` when perf is not there or cannot, or
 * when the load is not one of the suite's.
 */
export async function drill(
  finding: Finding,
  { runtime, found, tier }: ObservedRuntime,
  most = 5,
): Promise<Drill> {
  if (whereIs("perf") === undefined) {
    throw new CannotRun("stacks are sampled by perf; type: apt-get install linux-perf");
  }
  const load = loads.find(({ name }) => name === finding.load);
  if (load === undefined) throw new CannotRun(`${finding.load} is none of the suite's loads`);
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-drill-"));
  const data = join(folder, "perf.data");
  try {
    let target: TraceTarget | undefined;
    await observeLoad(load, finding.size, async (job): Promise<Observation> => {
      const prepared = await runtime.prepare?.(found, tier, { module: job.module, folder });
      const module = prepared?.artefact ?? job.module;
      const command = runtime.command(found, tier, { ...job, module });
      target = findTarget(runtime.name, found, command, (name) => name === finding.function);
      if (target === undefined) throw new CannotRun(`${runtime.name} has no symbols to drill by`);
      return record(finding, target, { command, job, data });
    });
    return readStacks(finding, data, target!, most);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function record(
  { syscalls, size }: Finding,
  { places }: TraceTarget,
  { command, job, data }: { command: LaunchedBy; job: LoadJob; data: string },
): Observation {
  const { file, args, env, cwd } = command;
  const every = String(Math.max(1, Math.floor(size / wantedSamples)));
  // The kernel has tracepoints by name, too, but some names are others there: newfstat.
  const numbers = syscalls.flatMap((name) => syscallNumber(name) ?? []);
  const filter = numbers.map((number) => `id == ${number}`).join(" || ");
  const events =
    numbers.length > 0
      ? ["-e", "raw_syscalls:sys_enter", "--filter", filter, "-c", every]
      : ["-e", "cpu-clock", "-F", String(rateHz)];
  const unwound = ["--call-graph", places.goReturn === undefined ? unwinding.tables : unwinding.go];
  const perf = ["record", "-q", ...events, ...unwound, "-o", data, "--"];
  const { status, signal } = spawnSync("perf", [...perf, file, ...args], {
    stdio: [job.stdin, job.stdout, job.stderr],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  return {
    runtime: "",
    version: "",
    tier: "",
    way: "ebpf",
    ...(status === null ? {} : { exitCode: status }),
    ...(signal === null ? {} : { signal }),
    functions: [],
    outside: [],
    notes: [],
  };
}

function readStacks(
  { syscalls }: Finding,
  data: string,
  { path, places }: TraceTarget,
  most: number,
): Drill {
  const fields = ["--no-inline", "-F", "comm,pid,ip,dso"];
  const { stdout, stderr, status } = spawnSync("perf", ["script", ...fields, "-i", data], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new CannotRun(`perf script fails: ${stderr.trim()}`);
  const symbols = new Symboliser();
  const starts = new Set(
    places.entries.flatMap(({ offset }) => symbols.functionAt(path, offset)?.offset ?? []),
  );
  const isFunction = (place: SampledStack[number]): boolean =>
    place.file === path && starts.has(symbols.functionAt(path, place.offset)?.offset ?? -1);
  const ways = new Map<string, { samples: number; frames: string[] }>();
  let samples = 0;
  for (const stack of readPerfStacks(stdout.split("\n"))) {
    const at = stack.findIndex(isFunction);
    const inside = stack.slice(0, at + 1).filter(({ file }) => !file.startsWith("[kernel"));
    if (inside.length === 0) continue;
    samples++;
    const frames = inside.map((place) => symbols.name(place)).toReversed();
    const way = ways.get(frames.join("\n"));
    if (way === undefined) ways.set(frames.join("\n"), { samples: 1, frames });
    else way.samples++;
  }
  return {
    of: syscalls.length > 0 ? syscalls.join(", ") : "processor time",
    samples,
    stacks: [...ways.values()].toSorted((a, b) => b.samples - a.samples).slice(0, most),
  };
}
