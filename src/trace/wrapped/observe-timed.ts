import { writeSync } from "node:fs";
import { DumpFilter } from "../../collect/exact/dump-filter.ts";
import type { WasiTable } from "../../instrument/index.ts";
import { CannotRun, monotonicNs } from "../../runtimes/index.ts";
import type { LaunchedBy, LaunchEnd } from "../../runtimes/index.ts";
import { launch } from "../../runtimes/launch/launch.ts";
import type { Observation, RunTimes } from "../observation.ts";
import type { ObservedRuntime, ObserveJob } from "../observe.ts";
import { readFunctions, wasiNs } from "./read-functions.ts";
import { tableOf, withWrapped } from "./wrapped-run.ts";

/**
 * Runs a program on a runtime with clocks around its WASI functions: on any system, without any privilege. System
 * calls are not seen: `syscallNs` is 0. Throws a `CannotRun` when the runtime cannot run it, or the guest does not come
 * to its end.
 */
export async function observeTimed(chosen: ObservedRuntime, job: ObserveJob): Promise<Observation> {
  const { runtime, found, tier } = chosen;
  return await withWrapped(chosen, job, undefined, async ({ command, functions }) => {
    const wallFromStart = wallClockOffsetNs();
    const { end, text } = await run(command, job);
    if (end.failed !== undefined) throw new CannotRun(end.failed);
    const table = tableOf(text, functions, end);
    const times = timesOf(table, end, wallFromStart);
    return {
      runtime: runtime.name,
      version: found.version,
      tier: tier.name,
      way: "timed",
      ...(end.code === undefined ? {} : { exitCode: end.code }),
      ...(end.signal === undefined ? {} : { signal: end.signal }),
      ...(times === undefined ? {} : { times }),
      functions: readFunctions(table),
      outside: [],
      notes: times === undefined ? ["The runtime gives guests no true wall clock."] : [],
    };
  });
}

/** Runs a command with this process's standard streams, but takes what wrappers write out of its standard error. */
async function run(
  command: LaunchedBy,
  { stdin = 0, stdout = 1, timeoutMs, stderr }: ObserveJob,
): Promise<{ readonly end: LaunchEnd; readonly text: string }> {
  const filter = new DumpFilter(writerTo(stderr));
  const { child, ended, kill } = launch(command, [stdin, stdout, "pipe"]);
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  const closed = new Promise((resolve) => {
    child.stderr!.once("close", resolve);
  });
  child.stderr!.on("data", (chunk: Buffer) => filter.write(chunk));
  const end = await ended;
  clearTimeout(timer);
  if (end.failed === undefined) await closed;
  filter.end();
  return { end, text: filter.text };
}

/** Passes what is not the tool's to a descriptor, or to this process's own standard error. */
export function writerTo(descriptor: number | undefined): (bytes: Uint8Array) => void {
  // Not by its number: opened as a stream, it may not take all at once.
  if (descriptor === undefined || descriptor === 2) return (bytes) => process.stderr.write(bytes);
  return (bytes) => void writeSync(descriptor, bytes);
}

/**
 * Computes when the guest began from its wall clock, and when it ended from how long it took; undefined where the
 * clock says that it began outside of the process's life.
 */
function timesOf(
  table: WasiTable,
  { startNs, endNs }: LaunchEnd,
  wallFromMonotonic: number,
): RunTimes | undefined {
  const begin = table.wallBeginNs - wallFromMonotonic;
  const window = table.endNs - table.beginNs;
  if (!(begin >= startNs && begin + window <= endNs)) return undefined;
  const inWasi = wasiNs(table);
  return {
    totalNs: endNs - startNs,
    startupNs: begin - startNs,
    guestNs: window - inWasi,
    wasiNs: inWasi,
    syscallNs: 0,
    teardownNs: endNs - begin - window,
  };
}

/** Finds how far the wall clock is ahead of the monotonic one: `Date` has milliseconds, so it is caught at a change. */
function wallClockOffsetNs(): number {
  const first = Date.now();
  let now = first;
  while (now === first) now = Date.now();
  return now * 1e6 - monotonicNs();
}
