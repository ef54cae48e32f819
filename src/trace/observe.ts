import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../runtimes/index.ts";
import type { RunJob } from "../runtimes/index.ts";
import { calibrationOf } from "./calibration-cache.ts";
import { whyNoSymbols } from "./catalogue.ts";
import { correctFunction, correctTimes } from "./correct.ts";
import { KernelRefusal } from "./ebpf/kernel.ts";
import { marksIn } from "./marks.ts";
import type { Calibration, Observation } from "./observation.ts";
import type { ObservedRuntime } from "./observed-runtime.ts";
import { readTraced, unseen } from "./read-traced.ts";
import { findTarget } from "./target.ts";
import type { TraceTarget } from "./target.ts";
import { unaccounted } from "./times.ts";
import { traceRun } from "./trace-run.ts";

export type { ObservedRuntime } from "./observed-runtime.ts";

/** What is run, and which of its imports are watched. */
export interface ObserveJob extends RunJob {
  /** WASI functions by name, without doubles. */
  readonly names: readonly string[];
  /** Whether the module imports them as they were before preview1 (`wasi_unstable`). */
  readonly beforePreview1?: boolean;
  readonly timeoutMs?: number;
  /** Descriptors of the guest's standard streams; this process's own unless it is said. */
  readonly stdin?: number;
  readonly stdout?: number;
  readonly stderr?: number;
  /**
   * Whether to find out what watching costs on this runtime: once, to be kept (`kept`, the default), now (`again`), or
   * not, so that nothing is corrected (`none`).
   */
  readonly calibrate?: "kept" | "again" | "none";
}

/** How much of a run may stay unaccounted for without a word. */
const unaccountedShare = 0.01;

/**
 * Runs a program on a runtime while the kernel counts its WASI functions and system calls. Throws a `CannotRun` when
 * the runtime cannot run it or its symbols are not known, and a `KernelRefusal` when the kernel does not let it.
 */
export async function observeByEbpf(
  observed: ObservedRuntime,
  job: ObserveJob,
): Promise<Observation> {
  const { runtime, found, tier } = observed;
  const { names, timeoutMs, stdin, stdout, stderr, calibrate, beforePreview1, ...run } = job;
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-wasi-"));
  try {
    const prepared = await runtime.prepare?.(found, tier, { module: run.module, folder });
    const command = runtime.command(found, tier, {
      ...run,
      module: prepared?.artefact ?? run.module,
    });
    const target = findTarget(runtime.name, found, command, (name) => names.includes(name));
    if (target === undefined) {
      throw new CannotRun(whyNoSymbols(runtime.name));
    }
    const calibration = await calibrated(observed, target, calibrate);
    const traced = await traceRun(command, target, {
      names,
      marks: marksIn(target.path, runtime.name, target.places),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(stdin === undefined ? {} : { stdin }),
      ...(stdout === undefined ? {} : { stdout }),
      ...(stderr === undefined ? {} : { stderr }),
    });
    const about = { runtime: runtime.name, version: found.version, tier: tier.name } as const;
    const seen = readTraced(traced, names, target.returnsErrno);
    const blind = whyBlind(observed, target, beforePreview1);
    const notes = [
      ...(blind === undefined ? [] : [blind]),
      ...(target.notes ?? []),
      ...unseen(traced.marks),
    ];
    return corrected({ ...about, way: "ebpf", ...seen, notes }, calibration, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says why probes see none of a guest's calls though the runtime's functions are known; undefined where they do. */
export function whyBlind(
  { runtime, found }: ObservedRuntime,
  { onlyPreview1 }: TraceTarget,
  beforePreview1: boolean | undefined,
): string | undefined {
  if (onlyPreview1 === undefined || beforePreview1 !== true) return undefined;
  return `${runtime.name} ${found.version} has other functions for wasi_unstable, whose symbols are not known: calls are not seen`;
}

/** What watching costs, or why that is not known. */
async function calibrated(
  observed: ObservedRuntime,
  target: TraceTarget,
  how: ObserveJob["calibrate"] = "kept",
): Promise<Calibration | string | undefined> {
  if (how === "none") return undefined;
  try {
    return await calibrationOf(observed, target.path, how === "again");
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
    return `not corrected for what watching costs: ${error.message}`;
  }
}

/** Adds what the numbers are without the cost of measuring, and what a reader must know. */
function corrected(
  seen: Observation,
  calibration: Calibration | string | undefined,
  { places }: TraceTarget,
): Observation {
  const notes = [...seen.notes];
  const { times } = seen;
  const missing = times === undefined ? 0 : unaccounted(times);
  if (Math.abs(missing) > unaccountedShare) {
    notes.push(
      missing > 0
        ? `${(100 * missing).toFixed(1)} % of the time is in none of the parts`
        : `the parts overlap by ${(-100 * missing).toFixed(1)} %: the guest has threads`,
    );
  }
  if (typeof calibration === "string") notes.push(calibration);
  if (calibration === undefined || typeof calibration === "string") return { ...seen, notes };
  const functions = seen.functions.map((one) =>
    places.stepped.includes(one.name) ? one : { ...one, ...correctFunction(one, calibration) },
  );
  const correctedTimes = times && correctTimes(times, functions, calibration);
  return {
    ...seen,
    functions,
    ...(correctedTimes === undefined ? {} : { correctedTimes }),
    calibration,
    notes,
  };
}
