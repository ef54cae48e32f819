import { quantileNs, syscallName, timesOf } from "../../trace/index.ts";
import type { FunctionTotal, RunTimes, SyscallTotal, TracedRun } from "../../trace/index.ts";

/** One runtime looked into, or why it was not. */
export interface WasiRow {
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  /** WASI functions; the numbers in the run are their places, from 1 on. */
  readonly names: readonly string[];
  readonly run?: TracedRun & { readonly returnsErrno: boolean };
  readonly failed?: string;
}

const parts = [
  ["startup", "startupNs", "░"],
  ["guest", "guestNs", "▒"],
  ["WASI", "wasiNs", "▓"],
  ["teardown", "teardownNs", "·"],
] as const;
const barColumns = 60;
/** System calls that are shown of a function: the others are in the JSON. */
const shownSyscalls = 3;

/** Writes what was seen of one runtime: a bar of where the time went, and a line for each WASI function. */
export function wasiText(row: WasiRow, width: number): string {
  const title = `\n${row.runtime} ${row.version} (${row.tier})`;
  const { run } = row;
  if (run === undefined) return `${title}: ${row.failed}\n`;
  const times = timesOf(run.marks, run.functions);
  const lines =
    times === undefined ? ["  ended before its first WASI call"] : timeLines(times, width);
  const functions = run.functions.toSorted((a, b) => b.ns - a.ns);
  return `${[title, ...lines, "", ...table(functions, row)].join("\n")}\n`;
}

function timeLines(times: RunTimes, width: number): string[] {
  const columns = Math.min(barColumns, width - 2);
  const share = (ns: number): number => Math.max(ns, 0) / times.totalNs;
  const bar = parts
    .map(([, key, mark]) => mark.repeat(Math.round(columns * share(times[key]))))
    .join("");
  const said = parts.map(([name, key, mark]) => `${mark} ${name} ${duration(times[key])}`);
  return [
    `  ${bar}`,
    `  total ${duration(times.totalNs)}: ${said.join(", ")}; system calls in WASI ${duration(times.syscallNs)}`,
  ];
}

function table(functions: readonly FunctionTotal[], { names, run }: WasiRow): string[] {
  const head = ["calls", "total", "mean", "p50", "p99", "in syscalls", "function"];
  const rows = functions.map((total) => [
    total.calls.toLocaleString("en"),
    duration(total.ns),
    duration(total.ns / total.calls),
    duration(quantileNs(total.histogram, 0.5)),
    duration(quantileNs(total.histogram, 0.99)),
    duration(total.syscallNs / total.calls),
    `${names[total.func - 1] ?? "?"}${syscallsText(total, run!.syscalls)}`,
  ]);
  const widths = head.map((_, at) =>
    Math.max(...[head, ...rows].map((cells) => cells[at]!.length)),
  );
  return [head, ...rows].map(
    (cells) =>
      `  ${cells.map((cell, at) => (at === head.length - 1 ? cell : cell.padStart(widths[at]!))).join("  ")}`,
  );
}

/** Says which system calls a function makes, and how many a call. */
function syscallsText({ func, calls }: FunctionTotal, syscalls: readonly SyscallTotal[]): string {
  const inside = syscalls
    .filter((one) => one.func === func && !one.helper)
    .toSorted((a, b) => b.calls - a.calls);
  if (inside.length === 0) return "";
  const shown = inside
    .slice(0, shownSyscalls)
    .map((one) => `${syscallName(one.number)} ${(one.calls / calls).toFixed(2)}`);
  return `: ${shown.join(", ")}${inside.length > shownSyscalls ? ", …" : ""}`;
}

/** Gives all results as JSON. */
export function wasiJson(rows: readonly WasiRow[]): object {
  return {
    runtimes: rows.map(({ runtime, version, tier, names, run, failed }) => ({
      name: runtime,
      version,
      tier,
      ...(failed === undefined ? {} : { failed }),
      ...(run === undefined ? {} : { way: "ebpf", ...runJson(run, names) }),
    })),
  };
}

function runJson(run: NonNullable<WasiRow["run"]>, names: readonly string[]): object {
  const system = (func: number, helper: boolean): object[] =>
    run.syscalls
      .filter((one) => one.func === func && one.helper === helper)
      .map(({ number, calls, ns, bytes, errors }) => ({
        name: syscallName(number),
        count: calls,
        timeNs: ns,
        bytes,
        errors,
      }));
  return {
    exitCode: run.code ?? null,
    times: timesOf(run.marks, run.functions) ?? null,
    attachNs: run.attachNs,
    functions: run.functions.map((total) => ({
      name: names[total.func - 1],
      calls: total.calls,
      timeNs: total.ns,
      p50Ns: quantileNs(total.histogram, 0.5),
      p99Ns: quantileNs(total.histogram, 0.99),
      ...(run.returnsErrno ? { errno: total.errors } : {}),
      contextSwitches: total.switches,
      syscallNs: total.syscallNs,
      syscalls: system(total.func, false),
      helperSyscalls: system(total.func, true),
    })),
    outsideSyscalls: system(0, false),
  };
}

const units = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

/** Writes nanoseconds in a unit that keeps the number short. */
function duration(ns: number): string {
  const [size, unit] = units.find(([least]) => ns >= least) ?? [1, "ns"];
  return `${(ns / size).toPrecision(3)} ${unit}`;
}
