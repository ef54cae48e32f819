import type { WasiTable, WrappedFunction } from "../../instrument/index.ts";
import { correctFunction } from "../correct.ts";
import type { Calibration, ObservedFunction, ObservedSyscall } from "../observation.ts";
import { quantileNs } from "../times.ts";

/** System calls inside of one function. */
export interface InsideFunction {
  readonly syscalls: readonly ObservedSyscall[];
  readonly helperSyscalls: readonly ObservedSyscall[];
}

/**
 * Reads what the wrappers of a run have counted. A function that is imported twice is one.
 *
 * @param inside Gives the system calls inside of a function; absent where nobody has looked.
 */
export function readFunctions(
  { functions }: WasiTable,
  calibration: Calibration,
  inside?: (name: string) => InsideFunction,
): ObservedFunction[] {
  const called = [...new Set(functions.map(({ name }) => name))]
    .map((name) => sum(functions.filter((one) => one.name === name)))
    .filter(({ calls }) => calls > 0);
  return called.map(({ name, calls, ns, askedBytes, movedBytes, errnos, histogram }) => {
    const failed = [...errnos].filter(([errno]) => errno !== 0);
    const syscalls = inside?.(name);
    const seen: ObservedFunction = {
      name,
      calls,
      timeNs: ns,
      p50Ns: quantileNs(histogram, 0.5),
      p99Ns: quantileNs(histogram, 0.99),
      ...(askedBytes + movedBytes === 0 ? {} : { askedBytes, bytes: movedBytes }),
      errno: failed.reduce((all, [, count]) => all + count, 0),
      errnoCodes: Object.fromEntries(failed),
      ...(syscalls === undefined
        ? {}
        : { syscallNs: syscalls.syscalls.reduce((all, { timeNs }) => all + timeNs, 0) }),
      syscalls: syscalls?.syscalls ?? [],
      helperSyscalls: syscalls?.helperSyscalls ?? [],
    };
    return { ...seen, ...correctFunction(seen, calibration) };
  });
}

/** How far the cost of a system call that is watched may be off. */
const syscallBand = 0.25;

/**
 * Says what wrapping costs, as the guest has measured it: each time has one reading of the clock too much, and the other
 * halves of the two readings are the guest's.
 *
 * @param perSyscallNs What the kernel's program costs a system call.
 */
export function calibrationOf(
  { clockNs, leastClockNs }: WasiTable,
  perSyscallNs: number,
): Calibration {
  return {
    perCallNs: clockNs,
    perCallBandNs: clockNs - leastClockNs,
    perSyscallNs,
    perSyscallBandNs: perSyscallNs * syscallBand,
    perCallOutsideNs: clockNs,
  };
}

/** The time inside of all functions, as measured. */
export function wasiNs({ functions }: WasiTable): number {
  return functions.reduce((all, { ns }) => all + ns, 0);
}

function sum(all: readonly WrappedFunction[]): WrappedFunction {
  return all.reduce((one, other) => ({
    name: one.name,
    calls: one.calls + other.calls,
    ns: one.ns + other.ns,
    askedBytes: one.askedBytes + other.askedBytes,
    movedBytes: one.movedBytes + other.movedBytes,
    errnos: new Map(
      [...one.errnos, ...other.errnos].map(([errno]) => [
        errno,
        (one.errnos.get(errno) ?? 0) + (other.errnos.get(errno) ?? 0),
      ]),
    ),
    histogram: one.histogram.map((count, bucket) => count + (other.histogram[bucket] ?? 0)),
  }));
}
