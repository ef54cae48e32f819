import type { Observation, ObservedFunction } from "../../src/trace/index.ts";

/** A function of so many calls of a microsecond or more, with a system call each. */
export function observedFunction(
  name: string,
  calls: number,
  changes: Partial<ObservedFunction> = {},
): ObservedFunction {
  return {
    name,
    calls,
    timeNs: calls * 4000,
    p50Ns: 3900,
    p99Ns: 9000,
    bytes: calls * 16,
    errno: 0,
    contextSwitches: 0,
    threadHops: 0,
    syscallNs: calls * 1500,
    syscalls: [{ name: "write", count: calls, timeNs: calls * 1500, bytes: calls * 16, errors: 0 }],
    helperSyscalls: [],
    ...changes,
  };
}

/** A run whose times follow from its functions. */
export function observation(
  runtime: string,
  functions: readonly ObservedFunction[],
  changes: Partial<Observation> = {},
): Observation {
  const sum = (of: (one: ObservedFunction) => number): number =>
    functions.reduce((all, one) => all + of(one), 0);
  const [wasiNs, syscallNs] = [sum(({ timeNs }) => timeNs), sum(({ syscallNs: ns }) => ns ?? 0)];
  const [startupNs, guestNs, teardownNs] = [40e6, 3e6, 1e6];
  const totalNs = startupNs + guestNs + wasiNs + teardownNs;
  return {
    runtime,
    version: "1.2.3",
    tier: "default",
    way: "ebpf",
    exitCode: 0,
    times: { totalNs, startupNs, guestNs, wasiNs, syscallNs, teardownNs },
    functions,
    outside: [{ name: "mmap", count: 30, timeNs: 90_000, bytes: 0, errors: 0 }],
    attachNs: 15e6,
    notes: [],
    ...changes,
  };
}
