import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../runtimes/index.ts";
import type { LaunchedBy } from "../runtimes/index.ts";
import { median, quantile } from "../stats/index.ts";
import { endWithThis, killGroup } from "../sys/index.ts";
import { whyNoSymbols } from "./catalogue.ts";
import { callsImports, callsModule, parseCalls } from "./calls-guest.ts";
import type { CallsReport } from "./calls-guest.ts";
import type { FunctionTotal } from "./ebpf/totals.ts";
import { marksIn } from "./marks.ts";
import type { FoundMarks } from "./marks.ts";
import type { Calibration } from "./observation.ts";
import type { ObservedRuntime } from "./observed-runtime.ts";
import { startStopped } from "./start-stopped.ts";
import { findTarget } from "./target.ts";
import type { TraceTarget } from "./target.ts";
import { trimmedMeanNs } from "./times.ts";
import { traceRun } from "./trace-run.ts";

/** How thoroughly is measured. */
export interface CallsPlan {
  /** Functions to call, as the guest names them. */
  readonly functions: readonly string[];
  readonly callsPerRound: number;
  readonly rounds: number;
  /** So many runs that are watched and so many that are not, in turn. */
  readonly repeats: number;
}

/** What one function's calls take: by the guest's clock in runs that nobody watches, and by the kernel's. */
export interface MeasuredCall {
  readonly name: string;
  readonly trueNs: number;
  /** By the kernel's clock. */
  readonly seenNs: number;
  /**
   * What the kernel's clock has too much, and what the guest's has while the kernel watches: medians over pairs of runs,
   * since the machine is not always as fast.
   */
  readonly excessNs: number;
  readonly costNs: number;
  /** Half of what lies between the quartiles of the former. */
  readonly excessSpreadNs: number;
  readonly syscallsPerCall: number;
}

/** What was measured of a runtime. */
export interface MeasuredCalls {
  readonly calls: readonly MeasuredCall[];
  /** What the guest has counted in each watched run, and what the kernel has. */
  readonly counts: readonly {
    readonly name: string;
    readonly guest: number;
    readonly kernel: number;
  }[];
  readonly attachNs: readonly number[];
  readonly detachNs: readonly number[];
}

/** Calls that need no system call on most runtimes, and calls that need one or two. */
const plan: CallsPlan = {
  functions:
    "clock_time_get clock_res_get fd_prestat_get environ_sizes_get fd_write fd_read fd_seek".split(
      " ",
    ),
  // Short rounds: few of them are interrupted, and the median is of those that are not.
  callsPerRound: 100,
  rounds: 30,
  repeats: 7,
};

/** What is left out of a mean: the quickest and the slowest calls, which other work on the machine makes. */
const typical = [0.05, 0.85] as const;
/** So sure is nothing that is measured here. */
const leastBandNs = 25;
/** A call that takes longer than this does more than it and its system calls. */
const longestNs = 10_000;
/** What a system call adds on other runtimes of the same kernel, where none can be measured. */
const usualSyscall = { ns: 300, bandNs: 150 } as const;
const runTimeoutMs = 60_000;

/**
 * Measures what watching costs on a runtime, on calls with and without a system call. Throws a `CannotRun` when the
 * runtime cannot be watched, and a `KernelRefusal` when the kernel does not let it.
 */
export async function calibrate(observed: ObservedRuntime): Promise<Calibration> {
  return calibrationFrom((await measureCalls(observed, plan)).calls);
}

/** Computes a calibration from calls with and without system calls. Throws a `CannotRun` when there are none without. */
export function calibrationFrom(calls: readonly MeasuredCall[]): Calibration {
  const without = calls.filter(({ syscallsPerCall }) => syscallsPerCall < 0.01);
  // Calls that wait for another thread say nothing: what watching costs is lost in what they wait.
  const within = calls.filter(
    ({ syscallsPerCall, trueNs }) => syscallsPerCall > 0.99 && trueNs < longestNs,
  );
  if (without.length === 0) {
    throw new CannotRun("it cannot be calibrated: each of its functions makes system calls");
  }
  const ofCalls = without.map(({ excessNs }) => excessNs);
  const perCallNs = median(ofCalls);
  const ofSyscalls = within.map((one) => (one.excessNs - perCallNs) / one.syscallsPerCall);
  const perSyscallNs = ofSyscalls.length === 0 ? usualSyscall.ns : median(ofSyscalls);
  // How much functions differ, and how much runs do.
  const band = (values: readonly number[], middle: number, of: readonly MeasuredCall[]): number =>
    Math.max(
      leastBandNs,
      ...values.map((value) => Math.abs(value - middle)),
      ...of.map((one) => one.excessSpreadNs / Math.max(one.syscallsPerCall, 1)),
    );
  return {
    perCallNs,
    perCallBandNs: band(ofCalls, perCallNs, without),
    perSyscallNs,
    perSyscallBandNs:
      within.length === 0 ? usualSyscall.bandNs : band(ofSyscalls, perSyscallNs, within),
    perCallOutsideNs: median(without.map(({ costNs, excessNs }) => costNs - excessNs)),
  };
}

/** Runs the guest of calls watched and unwatched in turn, and says what each function's calls took. */
export async function measureCalls(
  { runtime, found, tier }: ObservedRuntime,
  calls: CallsPlan,
): Promise<MeasuredCalls> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-calls-"));
  try {
    const prepared = await runtime.prepare?.(found, tier, { module: callsModule(), folder });
    const numbers = [String(calls.callsPerRound), String(calls.rounds)];
    const command = runtime.command(found, tier, {
      module: prepared?.artefact ?? callsModule(),
      args: ["calls", ...numbers, "nothing", ...calls.functions],
      env: {},
      dirs: [{ host: folder, guest: "." }],
    });
    const names = callsImports();
    const target = findTarget(runtime.name, found, command, (name) => names.includes(name));
    if (target === undefined) throw new CannotRun(whyNoSymbols(runtime.name));
    const marks = marksIn(target.path, runtime.name, target.places);
    return await measure({ command, target, marks, names, folder, calls });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measuring {
  readonly command: LaunchedBy;
  readonly target: TraceTarget;
  readonly marks: FoundMarks;
  readonly names: readonly string[];
  readonly folder: string;
  readonly calls: CallsPlan;
}

/** A run that was watched, beside one that was not. */
interface Pair {
  readonly plain: CallsReport;
  readonly watched: CallsReport;
  readonly functions: readonly FunctionTotal[];
}

async function measure(measuring: Measuring): Promise<MeasuredCalls> {
  const { command, target, marks, names, calls } = measuring;
  const pairs: Pair[] = [];
  const attachNs: number[] = [];
  const detachNs: number[] = [];
  for (let repeat = 0; repeat < calls.repeats; repeat++) {
    const plain = await reported(measuring, (stdout) => runPlain(command, stdout));
    let functions: readonly FunctionTotal[] = [];
    const watched = await reported(measuring, async (stdout) => {
      const run = await traceRun(command, target, {
        names,
        marks,
        stdout,
        timeoutMs: runTimeoutMs,
      });
      functions = run.functions;
      attachNs.push(run.attachNs);
      detachNs.push(run.detachNs);
      return run.code;
    });
    pairs.push({ plain, watched, functions });
  }
  const counts = pairs.flatMap(({ watched, functions }) =>
    names.map((name, nth) => ({
      name,
      guest: watched.counts.get(name) ?? 0,
      kernel: functions.find(({ func }) => func === nth + 1)?.calls ?? 0,
    })),
  );
  return { calls: callsOf(pairs, measuring), counts, attachNs, detachNs };
}

/** Runs the guest with its standard output in a file, and reads that. Throws a `CannotRun` when it did not end well. */
async function reported(
  { folder, calls }: Measuring,
  run: (stdout: number) => Promise<number | undefined> | number | undefined,
): Promise<CallsReport> {
  const path = join(folder, "report");
  const descriptor = openSync(path, "w");
  try {
    const code = await run(descriptor);
    if (code !== 0) throw new CannotRun(`the guest that calibrates ended with ${code}`);
  } finally {
    closeSync(descriptor);
  }
  const text = readFileSync(path, "utf8");
  rmSync(path);
  return parseCalls(text, calls.callsPerRound);
}

/** Runs a command in the same way, but unwatched. */
async function runPlain(command: LaunchedBy, stdout: number): Promise<number | undefined> {
  const { pid, ended } = await startStopped(command, [0, stdout, 2]);
  const forget = endWithThis(pid);
  const timer = setTimeout(() => killGroup(pid), runTimeoutMs);
  try {
    process.kill(pid, "SIGCONT");
    return (await ended).code ?? undefined;
  } finally {
    clearTimeout(timer);
    killGroup(pid);
    forget();
  }
}

function callsOf(pairs: readonly Pair[], { names, calls, target }: Measuring): MeasuredCall[] {
  return calls.functions.flatMap((name) => {
    // One that the kernel must step over has a price of its own.
    if (target.places.stepped.includes(name)) return [];
    const number = names.indexOf(name) + 1;
    const all = pairs.flatMap(({ plain, watched, functions }) => {
      const total = functions.find(({ func }) => func === number);
      const seenNs = total && trimmedMeanNs(total.histogram, total.sums, typical);
      if (seenNs === undefined) return [];
      return [
        {
          trueNs: perCall(plain, name),
          costNs: perCall(watched, name) - perCall(plain, name),
          seenNs,
          excessNs: seenNs - perCall(plain, name),
          syscallsPerCall: total!.syscalls / total!.calls,
        },
      ];
    });
    if (all.length === 0) return [];
    const middle = (of: (one: (typeof all)[number]) => number): number => median(all.map(of));
    const excess = all.map(({ excessNs }) => excessNs);
    return [
      {
        name,
        trueNs: middle(({ trueNs }) => trueNs),
        seenNs: middle(({ seenNs }) => seenNs),
        excessNs: median(excess),
        costNs: middle(({ costNs }) => costNs),
        excessSpreadNs: (quantile(excess, 0.75) - quantile(excess, 0.25)) / 2,
        syscallsPerCall: middle(({ syscallsPerCall }) => syscallsPerCall),
      },
    ];
  });
}

/** A call's time without the loop's, by the guest's own clock. */
function perCall({ perCallNs }: CallsReport, name: string): number {
  const typicalOf = (which: string): number => median(perCallNs.get(which) ?? [0]);
  return typicalOf(name) - typicalOf("nothing");
}
