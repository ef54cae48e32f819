import type { WasiTable } from "../../instrument/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import type { LaunchedBy, LaunchEnd } from "../../runtimes/index.ts";
import { launch } from "../../runtimes/launch/launch.ts";
import { correctTimes } from "../correct.ts";
import type { Observation, RunTimes } from "../observation.ts";
import type { ObservedRuntime, ObserveJob } from "../observe.ts";
import { GuestStderr } from "./guest-stderr.ts";
import { calibrationOf, readFunctions, wasiNs } from "./read-functions.ts";
import { wallClockOffsetNs } from "./wall-clock.ts";
import { tableOf, withWrapped } from "./wrapped-run.ts";

/**
 * Runs a program on a runtime with clocks around its WASI functions: on any system, without any privilege. System
 * calls are not seen: `syscallNs` is 0. Throws a `CannotRun` when the runtime cannot run it, or the guest does not come
 * to its end.
 */
export async function observeTimed(chosen: ObservedRuntime, job: ObserveJob): Promise<Observation> {
  const { runtime, found, tier } = chosen;
  return await withWrapped(chosen, job, undefined, async ({ command, functions }) => {
    const wallOffset = wallClockOffsetNs();
    const { end, text } = await run(command, job);
    if (end.failed !== undefined) throw new CannotRun(end.failed);
    const table = tableOf(text, functions, end);
    const calibration = calibrationOf(table, 0);
    const called = readFunctions(table, calibration);
    const times = timesOf(table, end, wallOffset);
    return {
      runtime: runtime.name,
      version: found.version,
      tier: tier.name,
      way: "timed",
      ...(end.code === undefined ? {} : { exitCode: end.code }),
      ...(end.signal === undefined ? {} : { signal: end.signal }),
      ...(times === undefined
        ? {}
        : { times, correctedTimes: correctTimes(times, called, calibration) }),
      calibration,
      functions: called,
      outside: [],
      notes: times === undefined ? ["The runtime gives guests no true wall clock."] : [],
    };
  });
}

/** Runs a command, and takes what wrappers write out of its standard error. */
async function run(
  command: LaunchedBy,
  { stdin = 0, stdout = 1, stderr = 2, timeoutMs }: ObserveJob,
): Promise<{ readonly end: LaunchEnd; readonly text: string }> {
  const launched = launch(command, [stdin, stdout, "pipe"]);
  const taken = new GuestStderr(launched.child, stderr);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => launched.kill(), timeoutMs);
  const end = await launched.ended;
  clearTimeout(timer);
  return { end, text: end.failed === undefined ? await taken.text() : "" };
}

/**
 * Computes the times of a run, whose guest ended so long after its begin; undefined where the guest's wall clock says
 * that it began outside of the process's life.
 */
function timesOf(
  table: WasiTable,
  { startNs, endNs }: LaunchEnd,
  wallOffsetNs: number,
): RunTimes | undefined {
  const begin = table.wallNs - wallOffsetNs;
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
