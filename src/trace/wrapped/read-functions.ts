import type { WasiTable, WrappedFunction } from "../../instrument/index.ts";
import type { ObservedFunction, ObservedSyscall } from "../observation.ts";
import { quantileNs } from "../times.ts";

/** System calls inside of one function; `undefined` where nobody has looked. */
export interface InsideFunction {
  readonly syscalls: readonly ObservedSyscall[];
  readonly helperSyscalls: readonly ObservedSyscall[];
}

/**
 * Reads what the wrappers of a run have counted. A function that is imported twice is one.
 *
 * @param inside Gives the system calls inside of a function.
 */
export function readFunctions(
  { functions, clockNs, leastClockNs }: WasiTable,
  inside?: (name: string) => InsideFunction,
): ObservedFunction[] {
  const called = [...new Set(functions.map(({ name }) => name))]
    .map((name) => sum(functions.filter((one) => one.name === name)))
    .filter(({ calls }) => calls > 0);
  return called.map(({ name, calls, ns, askedBytes, movedBytes, errnos, histogram }) => {
    const failed = [...errnos].filter(([errno]) => errno !== 0);
    const syscalls = inside?.(name);
    return {
      name,
      calls,
      timeNs: ns,
      correctedNs: Math.max(0, ns - calls * clockNs),
      bandNs: calls * (clockNs - leastClockNs),
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
  });
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
