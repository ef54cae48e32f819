import { randomInt } from "node:crypto";
import type { WasiTable } from "../../instrument/index.ts";
import { correctTimes } from "../correct.ts";
import type { Observation, ObservedFunction, RunTimes } from "../observation.ts";
import type { ObservedRuntime, ObserveJob } from "../observe.ts";
import { calibrationOf, readFunctions, wasiNs } from "./read-functions.ts";
import { syscallCostNs } from "./syscall-cost.ts";
import { wallClockOffsetNs } from "./wall-clock.ts";
import { wordRun } from "./word-run.ts";
import type { WordRun } from "./word-run.ts";
import { WordSyscalls } from "./word-syscalls.ts";
import { tableOf, withWrapped } from "./wrapped-run.ts";

/**
 * Runs a program on a runtime with clocks around its WASI functions while the kernel counts system calls, by the
 * function that a word of the guest says: the runtime needs no symbols. Throws a `CannotRun` when the runtime cannot run
 * it or the guest does not come to its end, and a `KernelRefusal` when the kernel does not let it.
 */
export async function observeByWord(
  chosen: ObservedRuntime,
  job: ObserveJob,
): Promise<Observation> {
  const { runtime, found, tier } = chosen;
  const pattern = randomInt(0x1000_0000, 0x7fff_ffff);
  return await withWrapped(chosen, job, pattern, async ({ command, functions: imported }) => {
    const perSyscallNs = syscallCostNs();
    const wallOffset = wallClockOffsetNs();
    const run = await wordRun(command, pattern, job);
    const table = tableOf(run.text, imported, run);
    const syscalls = new WordSyscalls(run.syscalls, imported, run.busiest);
    const isSeen = run.found !== undefined && syscalls.isWhole;
    const calibration = calibrationOf(table, perSyscallNs);
    const functions = readFunctions(
      table,
      calibration,
      isSeen ? (name) => syscalls.inside(name) : undefined,
    );
    const times = timesOf(table, run, functions, wallOffset);
    return {
      runtime: runtime.name,
      version: found.version,
      tier: tier.name,
      way: isSeen ? "word" : "timed",
      ...(run.code === undefined ? {} : { exitCode: run.code }),
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      ...(times === undefined
        ? {}
        : { times, correctedTimes: correctTimes(times, functions, calibration) }),
      calibration,
      functions,
      outside: syscalls.outside,
      attachNs: run.attachNs,
      notes: isSeen ? [] : [whyNotSeen(run)],
    };
  });
}

function whyNotSeen({ found }: WordRun): string {
  return found === undefined
    ? "The guest's word was not found in its memory: it is not known in which function system calls were made."
    : "The runtime has moved the guest's word: it is not known in which function system calls were made.";
}

/**
 * Computes the times of a run. The guest's wall clock says when it came; where it has no true one, the moment when it was
 * told to go on ties its clock to the kernel's. Waiting for that, and saying who it is, is no part of the run.
 */
function timesOf(
  table: WasiTable,
  { marks: { exec, exit }, found }: WordRun,
  functions: readonly ObservedFunction[],
  wallOffsetNs: number,
): RunTimes | undefined {
  if (exec === undefined || exit === undefined || found === undefined) return undefined;
  const wall = table.wallNs - wallOffsetNs;
  const came = wall > exec && wall < found.goNs ? wall : found.goNs - table.waitNs;
  const end = came + table.endNs - (table.goNs - table.waitNs);
  const inWasi = wasiNs(table);
  const window = table.endNs - table.beginNs;
  return {
    totalNs: came - exec + window + exit - end,
    startupNs: came - exec,
    guestNs: window - inWasi,
    wasiNs: inWasi,
    syscallNs: functions.reduce((all, { syscallNs = 0 }) => all + syscallNs, 0),
    teardownNs: exit - end,
  };
}
