import type {
  Observation,
  ObservedFunction,
  ObservedSyscall,
  RunTimes,
  Way,
} from "../../trace/index.ts";
import type { BenchRecord, FindingRecord } from "../record.ts";

/** What stands in every record of one watched run, beside what was seen. */
export type WasiCircumstances = Pick<
  BenchRecord,
  "run" | "time" | "machine" | "arm" | "family" | "module" | "moduleSha256" | "size" | "block"
> &
  Partial<Pick<BenchRecord, "armIndex" | "steal" | "load">>;

/** What a rule says of the runs that were looked into. */
export type FoundFact = Pick<FindingRecord, "kind" | "evidence" | "cause" | "factor"> & {
  /** The WASI function; empty for the whole run. */
  readonly function: string;
};

/** One value: what it is called, of what, and how it is measured. */
type Value = Pick<BenchRecord, "metric" | "unit" | "value"> &
  Partial<Pick<BenchRecord, "func" | "syscall" | "thread">>;

/** The times of a run by the names that records have for them, in the order of the bar. */
const timeMetrics: readonly (readonly [metric: string, key: keyof RunTimes])[] = [
  ["startup", "startupNs"],
  ["guest", "guestNs"],
  ["wasi", "wasiNs"],
  ["teardown", "teardownNs"],
  ["total", "totalNs"],
  ["wasi-syscalls", "syscallNs"],
];

/** The figures of a function by the names that records have for them. */
export const functionMetrics: readonly (readonly [
  metric: string,
  key: Exclude<keyof ObservedFunction, "name" | "syscalls" | "helperSyscalls" | "errnoCodes">,
  unit: BenchRecord["unit"],
])[] = [
  ["calls", "calls", "count"],
  ["time", "timeNs", "ns"],
  ["corrected-time", "correctedNs", "ns"],
  ["band", "bandNs", "ns"],
  ["p50", "p50Ns", "ns"],
  ["p99", "p99Ns", "ns"],
  ["asked-bytes", "askedBytes", "bytes"],
  ["bytes", "bytes", "bytes"],
  ["errno", "errno", "count"],
  ["context-switches", "contextSwitches", "count"],
  ["thread-hops", "threadHops", "count"],
  ["in-syscalls", "syscallNs", "ns"],
];

/** Puts what was seen of one run into records, a value each, so that they can be asked and drawn like all others. */
export function wasiRecords(seen: Observation, circumstances: WasiCircumstances): BenchRecord[] {
  const { runtime, version, tier, way } = seen;
  return valuesOf(seen).map((value) => ({
    schema: "wasmscope-bench-1",
    ...circumstances,
    runtime,
    version,
    tier,
    level: "cold",
    process: 0,
    iteration: 0,
    by: way,
    ...value,
  }));
}

/** Makes a record of a finding. */
export function findingRecord(
  found: FoundFact,
  { run, time, machine, arm, armIndex, module, size }: WasiCircumstances,
  { runtime, version }: Pick<Observation, "runtime" | "version">,
): FindingRecord {
  const { function: func, kind, evidence, cause, factor } = found;
  const what = { func, kind, evidence, cause, factor };
  const where = { run, time, machine, arm, runtime, version, module, size };
  const place = armIndex === undefined ? {} : { armIndex };
  return { schema: "wasmscope-finding-1", ...where, ...place, ...what };
}

function valuesOf(seen: Observation): Value[] {
  const { way, times, correctedTimes, startSteps = [], functions, outside } = seen;
  return [
    ...timeValues(times, "", way),
    ...timeValues(correctedTimes, "corrected-", way),
    ...startSteps.map(({ name, ns }) => nsValue(`startup-${name}`, ns)),
    ...costValues(seen),
    ...functions.flatMap(functionValues),
    ...syscallValues(outside, {}),
  ];
}

function nsValue(metric: string, value: number): Value {
  return { metric, unit: "ns", value };
}

function timeValues(times: RunTimes | undefined, prefix: string, way: Way): Value[] {
  if (times === undefined) return [];
  // By clocks alone no system calls are seen, which is not none.
  const seen = timeMetrics.filter(([metric]) => way !== "timed" || metric !== "wasi-syscalls");
  return seen.map(([metric, key]) => nsValue(`${prefix}${metric}`, times[key]));
}

/** What looking costs: once, and in each call. */
function costValues({ attachNs, calibration }: Observation): Value[] {
  return [
    ...(attachNs === undefined ? [] : [nsValue("attach", attachNs)]),
    ...(calibration === undefined
      ? []
      : [
          nsValue("cost-of-call", calibration.perCallNs),
          nsValue("cost-of-syscall", calibration.perSyscallNs),
        ]),
  ];
}

function functionValues(seen: ObservedFunction): Value[] {
  const func = seen.name;
  return [
    ...functionMetrics.flatMap(([metric, key, unit]): Value[] => {
      const value = seen[key];
      return value === undefined ? [] : [{ func, metric, unit, value }];
    }),
    ...syscallValues(seen.syscalls, { func }),
    ...syscallValues(seen.helperSyscalls, { func, thread: "helper" }),
  ];
}

function syscallValues(
  syscalls: readonly ObservedSyscall[],
  where: Pick<Value, "func" | "thread">,
): Value[] {
  return syscalls.flatMap(({ name: syscall, count, timeNs }): Value[] => [
    { ...where, syscall, metric: "syscalls", unit: "count", value: count },
    { ...where, syscall, metric: "syscall-time", unit: "ns", value: timeNs },
  ]);
}
