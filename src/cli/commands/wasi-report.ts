import type { Observation, ObservedFunction, RunTimes } from "../../trace/index.ts";

/** One runtime that was looked into, or why it was not. */
export type WasiRow =
  Observation | (Pick<Observation, "runtime" | "version" | "tier"> & { readonly failed: string });

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
  if ("failed" in row) return `${title}: ${row.failed}\n`;
  const { times } = row;
  const lines =
    times === undefined ? ["  ended before its first WASI call"] : timeLines(times, width);
  return `${[title, ...lines, "", ...table(row.functions), ...row.notes.map((note) => `  ${note}`)].join("\n")}\n`;
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

function table(functions: readonly ObservedFunction[]): string[] {
  const head = ["calls", "total", "mean", "p50", "p99", "in syscalls", "function"];
  const rows = functions
    .toSorted((a, b) => b.timeNs - a.timeNs)
    .map((one) => [
      one.calls.toLocaleString("en"),
      duration(one.timeNs),
      duration(one.timeNs / one.calls),
      durationIf(one.p50Ns),
      durationIf(one.p99Ns),
      durationIf(one.syscallNs === undefined ? undefined : one.syscallNs / one.calls),
      `${one.name}${syscallsText(one)}`,
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
function syscallsText({ calls, syscalls }: ObservedFunction): string {
  if (syscalls.length === 0) return "";
  const shown = syscalls
    .toSorted((a, b) => b.count - a.count)
    .slice(0, shownSyscalls)
    .map(({ name, count }) => `${name} ${(count / calls).toFixed(2)}`);
  return `: ${shown.join(", ")}${syscalls.length > shownSyscalls ? ", …" : ""}`;
}

/** Gives all results as JSON. */
export function wasiJson(rows: readonly WasiRow[]): object {
  return { runtimes: rows.map(({ runtime, ...row }) => ({ name: runtime, ...row })) };
}

const units = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

function durationIf(ns: number | undefined): string {
  return ns === undefined ? "" : duration(ns);
}

/** Writes nanoseconds in a unit that keeps the number short. */
function duration(ns: number): string {
  const [size, unit] = units.find(([least]) => ns >= least) ?? [1, "ns"];
  return `${(ns / size).toPrecision(3)} ${unit}`;
}
