import type { ObservedFunction, RunTimes } from "../../trace/index.ts";
import {
  bytesText,
  durationText,
  paint,
  perCallText,
  setColumns,
  wrapped,
} from "./wasi-columns.ts";
import type { Column, WasiStyle } from "./wasi-columns.ts";
import { judgedNs, rowName, syscallCount, wasSeen, wayTitles } from "./wasi-row.ts";
import type { SeenRow, WasiRow } from "./wasi-row.ts";

/** What a bar is made of: how much, its sign, its colour. */
const parts: readonly {
  readonly name: string;
  readonly ns: (times: RunTimes) => number;
  readonly mark: string;
  readonly color: string;
}[] = [
  { name: "startup", ns: ({ startupNs }) => startupNs, mark: "░", color: "36" },
  { name: "guest", ns: ({ guestNs }) => guestNs, mark: "▒", color: "32" },
  { name: "WASI", ns: ({ wasiNs, syscallNs }) => wasiNs - syscallNs, mark: "▓", color: "33" },
  { name: "system calls", ns: ({ syscallNs }) => syscallNs, mark: "█", color: "31" },
  { name: "teardown", ns: ({ teardownNs }) => teardownNs, mark: "·", color: "90" },
];
const barColumns = 60;
/** System calls that are shown of a function: the others are in the JSON. */
const shownSyscalls = 3;

/** Writes what was seen of one runtime: a bar of where the time went, and a line for each WASI function. */
export function wasiText(row: WasiRow, style: WasiStyle): string {
  const what = [row.load, row.sizeText].join(" ").trim();
  const title = `\n${paint("1", rowName(row), style.colors)}, ${what}`;
  if (!wasSeen(row)) return `${title}: ${row.failed}\n`;
  const lines = [
    `${title} (by ${wayTitles[row.way]})`,
    ...(row.times === undefined
      ? [`  ${endedText(row)}`]
      : timeLines(row.times, row.way !== "timed", style)),
    ...costLines(row, style),
    "",
    ...functionLines(row.functions, style),
    ...[...row.notes, ...exitNotes(row)].flatMap((note) => wrapped(note, style.width, "  ")),
  ];
  return `${lines.join("\n")}\n`;
}

function endedText({ functions }: SeenRow): string {
  return functions.length === 0 ? "ended before its first WASI call" : "was not seen to its end";
}

/** How the guest ended is said where it was not well. */
function exitNotes({ exitCode, signal }: SeenRow): string[] {
  if (signal !== undefined) return [`ended by ${signal}`];
  return exitCode === undefined || exitCode === 0 ? [] : [`the guest's exit code: ${exitCode}`];
}

function timeLines(times: RunTimes, hasSyscalls: boolean, { width, colors }: WasiStyle): string[] {
  const columns = Math.min(barColumns, width - 2);
  const whole = parts.reduce((sum, { ns }) => sum + Math.max(ns(times), 0), 0);
  let before = 0;
  const bar = parts.map(({ ns, mark, color }) => {
    const from = Math.round((columns * before) / whole);
    before += Math.max(ns(times), 0);
    const to = Math.round((columns * before) / whole);
    return paint(color, mark.repeat(Math.max(0, to - from)), colors);
  });
  const known = parts.filter(({ name }) => hasSyscalls || name !== "system calls");
  const said = known.map(({ name, ns, mark }) => {
    if (name === "WASI") return `${mark} WASI ${durationText(times.wasiNs)}`;
    const of = name === "system calls" ? "of which " : "";
    return `${of}${mark} ${name} ${durationText(ns(times))}`;
  });
  const legend = `total ${durationText(times.totalNs)}: ${said.map(together).join(", ")}`;
  return [`  ${bar.join("")}`, ...wrapped(legend, width, "  ").map(apart)];
}

/** The parts of the start; what looking costs, and the times without that. */
function costLines(
  { startSteps = [], correctedTimes, calibration }: SeenRow,
  style: WasiStyle,
): string[] {
  const lines: string[] = [];
  if (startSteps.length > 0) {
    const steps = startSteps.map(
      ({ name, ns }) => `${stepNames[name] ?? name} ${durationText(ns)}`,
    );
    lines.push(`startup: ${steps.map(together).join(", ")}`);
  }
  if (calibration !== undefined) {
    const { perCallNs, perCallBandNs, perSyscallNs, perSyscallBandNs } = calibration;
    const a = `${durationText(perCallNs)} ± ${durationText(perCallBandNs)} a call`;
    const b = `${durationText(perSyscallNs)} ± ${durationText(perSyscallBandNs)} a system call`;
    lines.push(`looking costs ${together(a)}, ${together(b)}`);
  }
  if (correctedTimes !== undefined) {
    const { totalNs, guestNs, wasiNs, syscallNs } = correctedTimes;
    const corrected = [
      `total ${durationText(totalNs)}`,
      `guest ${durationText(guestNs)}`,
      `WASI ${durationText(wasiNs)}`,
      `of which system calls ${durationText(syscallNs)}`,
    ];
    lines.push(`without that: ${corrected.map(together).join(", ")}`);
  }
  return lines.flatMap((line) => wrapped(line, style.width, "  ").map(apart));
}

const stepNames: Readonly<Record<string, string>> = { ready: "runtime ready" };

/** Keeps words on one line while a text is broken into lines. */
const together = (text: string): string => text.replaceAll(" ", "\u00a0");
const apart = (text: string): string => text.replaceAll("\u00a0", " ");

const columns: readonly Column<ObservedFunction>[] = [
  { title: "calls", weight: 9, cell: ({ calls }) => calls.toLocaleString("en") },
  { title: "time", weight: 8, cell: ({ timeNs }) => durationText(timeNs) },
  { title: "corrected", weight: 7.5, cell: ({ correctedNs }) => durationText(correctedNs) },
  { title: "±", weight: 6, cell: ({ bandNs }) => durationText(bandNs) },
  { title: "a call", weight: 8, cell: (seen) => durationText(judgedNs(seen) / seen.calls) },
  { title: "p50", weight: 3, cell: ({ p50Ns }) => durationText(p50Ns) },
  { title: "p99", weight: 5, cell: ({ p99Ns }) => durationText(p99Ns) },
  { title: "in syscalls", weight: 4, cell: (seen) => syscallTime(seen) },
  {
    title: "syscalls",
    weight: 7,
    cell: (seen) => perCallText(each(seen, syscallCount(seen.syscalls))),
  },
  { title: "bytes", weight: 5.5, cell: ({ bytes }) => bytesText(bytes) },
  { title: "errno", weight: 6.5, cell: ({ errno = 0 }) => (errno === 0 ? "" : `${errno}`) },
  { title: "hops", weight: 6.6, cell: (seen) => perCallText(each(seen, seen.threadHops)) },
  { title: "futex", weight: 6.4, cell: (seen) => perCallText(each(seen, futexes(seen))) },
  { title: "switches", weight: 2, cell: (seen) => perCallText(each(seen, seen.contextSwitches)) },
  {
    title: "function",
    weight: 10,
    isName: true,
    cell: (seen) => `${seen.name}${syscallsText(seen)}`,
  },
];

function functionLines(functions: readonly ObservedFunction[], style: WasiStyle): string[] {
  if (functions.length === 0) return [];
  const sorted = functions.toSorted((a, b) => b.timeNs - a.timeNs);
  const { top = sorted.length } = style;
  const left = sorted.slice(top);
  const lines = setColumns(sorted.slice(0, top), columns, style);
  if (left.length === 0) return lines;
  const rest = left.reduce((sum, { timeNs }) => sum + timeNs, 0);
  return [...lines, `  … and ${left.length} more, ${durationText(rest)} together`];
}

function each({ calls }: ObservedFunction, value: number | undefined): number | undefined {
  return value === undefined || calls === 0 ? undefined : value / calls;
}

function syscallTime(seen: ObservedFunction): string {
  return seen.syscalls.length === 0 ? "" : durationText(each(seen, seen.syscallNs));
}

/** Waiting for, and waking of, other threads: the caller's and theirs. */
function futexes({ syscalls, helperSyscalls }: ObservedFunction): number {
  return syscallCount([...syscalls, ...helperSyscalls], "futex");
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
