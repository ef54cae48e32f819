import type { Observation, ObservedFunction, ObservedSyscall, Way } from "../../trace/index.ts";

/** What ways of looking are called, behind "by". */
export const wayTitles: Readonly<Record<Way, string>> = {
  ebpf: "eBPF",
  word: "a word in the guest's memory and eBPF",
  timed: "clocks around its imports",
};

/** What was run: a row of the results is one runtime at one load. */
interface Ran {
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  /** As the user selects it, and whose code it is: records are grouped by them. */
  readonly arm: string;
  readonly family: string;
  /** What the program did, and how much of it: as a number, and as it was typed. */
  readonly load: string;
  readonly size: number;
  readonly sizeText: string;
}

/** One runtime that was looked into, or why it was not. */
export type WasiRow = (Ran & Observation) | (Ran & { readonly failed: string });
/** One that was. */
export type SeenRow = Exclude<WasiRow, { readonly failed: string }>;

/** Tells whether a row has something to show. */
export function wasSeen(row: WasiRow): row is SeenRow {
  return !("failed" in row);
}

/** Names a row, as in `wasmtime 50.0.1` or `node 20.20.2 liftoff`: the default tier is left out. */
export function rowName({ arm }: Ran): string {
  return arm.replace("@", " ").replace(":", " ");
}

/** Something that stands out, as a rule found it. */
export interface ShownFinding {
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  readonly load: string;
  readonly size: number;
  readonly function: string;
  readonly kind: string;
  readonly evidence: string;
  readonly cause: string;
  readonly factor: number;
}

/** Gives all results as JSON: docs/wasi.schema.json says what stands where. What was not seen is null. */
export function wasiJson(rows: readonly WasiRow[], findings: readonly ShownFinding[]): object {
  return { runtimes: rows.map(runtimeJson), findings };
}

function runtimeJson(row: WasiRow): object {
  const { runtime: name, version, tier, load, size } = row;
  if (!wasSeen(row)) return { name, version, tier, load, size, failed: row.failed };
  const { way, times = null, functions, exitCode, signal, attachNs, outside, notes } = row;
  const { calibration = null, correctedTimes, startSteps } = row;
  return {
    name,
    version,
    way,
    times,
    calibration,
    functions: functions.map(functionJson),
    tier,
    load,
    size,
    correctedTimes,
    startSteps,
    exitCode,
    signal,
    attachNs,
    outside,
    notes,
  };
}

function functionJson(seen: ObservedFunction): object {
  const { name, calls, timeNs, syscalls, correctedNs = null, bytes = null, errno = null } = seen;
  return { ...seen, name, calls, timeNs, correctedNs, bytes, errno, syscalls };
}

/** How many system calls of some names stand in a list; of all where none is named. */
export function syscallCount(
  syscalls: readonly ObservedSyscall[],
  ...names: readonly string[]
): number {
  return syscalls
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Gives the time that a function is judged by: without what looking costs, where that is known. */
export function judgedNs({ correctedNs, timeNs }: ObservedFunction): number {
  return correctedNs ?? timeNs;
}
