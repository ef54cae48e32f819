import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../runtimes/index.ts";
import type { Found, RunJob, Runtime, Tier } from "../runtimes/index.ts";
import { whyNoSymbols } from "./catalogue.ts";
import type { FunctionTotal, SyscallTotal } from "./ebpf/session.ts";
import type { Observation, ObservedFunction, ObservedSyscall } from "./observation.ts";
import { syscallName } from "./syscall-names.ts";
import { findTarget } from "./target.ts";
import { quantileNs, timesOf } from "./times.ts";
import { traceRun } from "./trace-run.ts";
import type { TracedRun } from "./trace-run.ts";

/** A runtime of the table in one of its tiers, as it was found here. */
export interface ObservedRuntime {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}

/** What is run, and which of its imports are watched. */
export interface ObserveJob extends RunJob {
  /** WASI functions by name, without doubles. */
  readonly names: readonly string[];
  readonly timeoutMs?: number;
  /** Descriptors of the guest's standard streams; this process's own unless it is said. */
  readonly stdin?: number;
  readonly stdout?: number;
  readonly stderr?: number;
}

/**
 * Runs a program on a runtime while the kernel counts its WASI functions and system calls. Throws a `CannotRun` when
 * the runtime cannot run it or its symbols are not known, and a `KernelRefusal` when the kernel does not let it.
 */
export async function observeByEbpf(
  { runtime, found, tier }: ObservedRuntime,
  job: ObserveJob,
): Promise<Observation> {
  const { names, timeoutMs, stdin, stdout, stderr, ...run } = job;
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
    const traced = await traceRun(command, target, {
      names,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(stdin === undefined ? {} : { stdin }),
      ...(stdout === undefined ? {} : { stdout }),
      ...(stderr === undefined ? {} : { stderr }),
    });
    return {
      runtime: runtime.name,
      version: found.version,
      tier: tier.name,
      way: "ebpf",
      ...readTraced(traced, names, target.returnsErrno),
      notes: target.notes ?? [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads a run that was watched into what is told of it; `names` are in the order of their numbers. */
export function readTraced(
  { code, signal, marks, functions, syscalls, attachNs }: TracedRun,
  names: readonly string[],
  returnsErrno: boolean,
): Omit<Observation, "runtime" | "version" | "tier" | "way" | "notes"> {
  const times = timesOf(marks, functions);
  return {
    ...(code === undefined ? {} : { exitCode: code }),
    ...(signal === undefined ? {} : { signal }),
    ...(times === undefined ? {} : { times }),
    functions: functions.map((total) => readFunction(total, syscalls, names, returnsErrno)),
    outside: select(syscalls, 0, false),
    attachNs,
  };
}

function readFunction(
  total: FunctionTotal,
  syscalls: readonly SyscallTotal[],
  names: readonly string[],
  returnsErrno: boolean,
): ObservedFunction {
  return {
    name: names[total.func - 1] ?? "?",
    calls: total.calls,
    timeNs: total.ns,
    p50Ns: quantileNs(total.histogram, 0.5),
    p99Ns: quantileNs(total.histogram, 0.99),
    ...(returnsErrno ? { errno: total.errors } : {}),
    contextSwitches: total.switches,
    syscallNs: total.syscallNs,
    syscalls: select(syscalls, total.func, false),
    helperSyscalls: select(syscalls, total.func, true),
  };
}

function select(all: readonly SyscallTotal[], func: number, helper: boolean): ObservedSyscall[] {
  return all
    .filter((one) => one.func === func && one.helper === helper)
    .map(({ number, calls, ns, bytes, errors }) => ({
      name: syscallName(number),
      count: calls,
      timeNs: ns,
      bytes,
      errors,
    }));
}
