import { randomInt } from "node:crypto";
import type { WasiTable } from "../../instrument/index.ts";
import type { Observation, ObservedFunction, RunTimes } from "../observation.ts";
import type { ObservedRuntime, ObserveJob } from "../observe.ts";
import { readFunctions, wasiNs } from "./read-functions.ts";
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
    const run = await wordRun(command, pattern, job);
    const table = tableOf(run.text, imported, run);
    const syscalls = new WordSyscalls(run.syscalls, imported, run.busiest);
    const isAttached = run.found !== undefined;
    const functions = readFunctions(
      table,
      isAttached ? (name) => syscalls.inside(name) : undefined,
    );
    const times = timesOf(table, run, functions);
    return {
      runtime: runtime.name,
      version: found.version,
      tier: tier.name,
      way: isAttached ? "word" : "timed",
      ...(run.code === undefined ? {} : { exitCode: run.code }),
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      ...(times === undefined ? {} : { times }),
      functions,
      outside: syscalls.outside,
      attachNs: run.attachNs,
      notes: notesOf(isAttached, syscalls.lost),
    };
  });
}

function notesOf(isAttached: boolean, lost: number): string[] {
  if (!isAttached) {
    return ["The guest's word was not found in its memory: system calls have no function."];
  }
  if (lost === 0) return [];
  return [`${lost} system calls have no function: the runtime had moved the guest's word.`];
}

/**
 * Computes the times of a run. The guest's clock is tied to the kernel's at the moment when it was told to go on;
 * waiting for that, and what it did to say who it is, is no part of the run.
 */
function timesOf(
  table: WasiTable,
  { marks: { exec, exit }, found }: WordRun,
  functions: readonly ObservedFunction[],
): RunTimes | undefined {
  if (exec === undefined || exit === undefined || found === undefined) return undefined;
  const begin = found.goNs - table.waitNs;
  const end = found.goNs + table.endNs - table.goNs;
  const inWasi = wasiNs(table);
  const window = table.endNs - table.beginNs;
  return {
    totalNs: begin - exec + window + exit - end,
    startupNs: begin - exec,
    guestNs: window - inWasi,
    wasiNs: inWasi,
    syscallNs: functions.reduce((all, { syscallNs = 0 }) => all + syscallNs, 0),
    teardownNs: exit - end,
  };
}
