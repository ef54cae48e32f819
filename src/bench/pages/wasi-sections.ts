import { median } from "../../stats/index.ts";
import type { Cell, Figure, PageSection, Unit } from "../../report/index.ts";
import type { FindingRecord } from "../record.ts";
import { bestTime, perCall, seenRuns, syscallsPerCall } from "../wasi/seen.ts";
import type { SeenFunction, SeenRun } from "../wasi/seen.ts";
import type { ArmOrder, RecordSet } from "./parts.ts";

/** Loads that get tables of their own. */
const MOST_LOADS = 12;
const inGuest = ["guest", "WASI without system calls", "system calls in WASI"];
const stepPrefix = "startup-";
/** What start-up is made of, where a runtime's steps are seen. */
const stepTitles: Readonly<Record<string, string>> = {
  ready: "runtime ready",
  compile: "compile",
  instantiate: "instantiate",
};

/** Tells what runtimes did inside of WASI, where records say so: times, functions, system calls, findings. */
export function wasiSections(
  { records, findings }: Pick<RecordSet, "records" | "findings">,
  order: ArmOrder,
): PageSection[] {
  const runs = seenRuns(records);
  if (runs.length === 0) return [];
  const loads = loadsOf(runs);
  return [
    timesSection(runs, loads, order),
    ...(findings.length === 0 ? [] : [findingsSection(findings)]),
    ...loads.slice(0, MOST_LOADS).map(({ name, own }, at) => loadSection(name, own, at, order)),
  ];
}

interface SeenLoad {
  readonly name: string;
  readonly own: readonly SeenRun[];
}

function loadsOf(runs: readonly SeenRun[]): SeenLoad[] {
  const names = new Set(runs.map(nameOf));
  return [...names].map((name) => ({ name, own: runs.filter((run) => nameOf(run) === name) }));
}

const nameOf = ({ module, size }: SeenRun): string => `${module} ${size}`.trim();

function timesSection(
  runs: readonly SeenRun[],
  loads: readonly SeenLoad[],
  order: ArmOrder,
): PageSection {
  const metrics = new Set(runs.flatMap(({ times }) => [...times.keys()]));
  const steps = Object.keys(stepTitles).filter((step) => metrics.has(`${stepPrefix}${step}`));
  const stepNames = steps.map((step) => stepTitles[step]!);
  const parts = [...stepNames, "start-up", ...inGuest, "teardown"];
  const groups = loads.map(({ name, own }) => ({
    name,
    rows: own
      .filter(({ times }) => times.size > 0)
      .map((run) => ({ series: order.of(run.arm), values: partsOf(run, steps) }))
      .toSorted((a, b) => a.series - b.series),
  }));
  const shown = groups.filter(({ rows }) => rows.length > 0);
  const stacks: Figure[] =
    shown.length === 0
      ? []
      : [
          {
            kind: "stacks",
            title: "Where the time of a run goes",
            caption:
              "From exec to the end of the process, as measured: a call that is watched takes a microsecond or two longer. Each group has its own scale.",
            unit: "ns",
            parts,
            groups: shown,
          },
          {
            kind: "stacks",
            title: "The same without start-up and teardown",
            caption: "From the guest's begin to its end. Each group has its own scale.",
            unit: "ns",
            parts: inGuest,
            colours: inGuest.map((_, at) => at + steps.length + 1),
            groups: shown.map(({ name, rows }) => ({
              name,
              rows: rows.map(({ series, values }) => ({
                series,
                values: values.slice(steps.length + 1, -1),
              })),
            })),
          },
        ];
  return {
    id: "wasi",
    title: "WASI: where the time goes",
    short: "WASI",
    text: [waysText(runs)],
    figures: [...stacks, ...growthFigures(runs, order)],
  };
}

/** Gives the parts of a run: steps of the start, what of it no step explains, the guest and its WASI, the end. */
function partsOf({ times }: SeenRun, steps: readonly string[]): number[] {
  const at = (metric: string): number => Math.max(0, times.get(metric) ?? 0);
  const known = steps.map((step) => at(`${stepPrefix}${step}`));
  const rest = at("startup") - known.reduce((sum, ns) => sum + ns, 0);
  const inside = Math.min(at("wasi-syscalls"), at("wasi"));
  return [...known, Math.max(0, rest), at("guest"), at("wasi") - inside, inside, at("teardown")];
}

const waysOfLooking: Readonly<Record<string, string>> = {
  ebpf: "by probes on the runtime's own functions and on system calls, which the kernel adds up",
  word: "by a word of the guest's memory that says which function is in flight, read at each system call",
  timed: "by clocks around the guest's imports, without the kernel: no system calls are seen",
};

function waysText(runs: readonly SeenRun[]): string {
  const used = Object.keys(waysOfLooking).filter((way) => runs.some((run) => run.way === way));
  const told = used.map((way) => {
    const arms = [...new Set(runs.filter((run) => run.way === way).map(({ arm }) => arm))];
    return `${arms.join(", ")} ${waysOfLooking[way]!}`;
  });
  return `Watched were ${told.join("; ")}.`;
}

/** A program that was run at three sizes or more: WASI's time over the size. */
function growthFigures(runs: readonly SeenRun[], order: ArmOrder): Figure[] {
  const modules = [...new Set(runs.map(({ module }) => module))];
  return modules.flatMap((module): Figure[] => {
    const own = runs.filter((run) => run.module === module && Number(run.size) > 0);
    if (new Set(own.map(({ size }) => size)).size < 3) return [];
    const lines = order.names.flatMap((arm, series) => {
      const points = own
        .filter((run) => run.arm === arm)
        .map((run) => ({ x: Number(run.size), value: wasiTime(run) }))
        .filter(({ value }) => value > 0)
        .toSorted((a, b) => a.x - b.x);
      return points.length < 2 ? [] : [{ series, points }];
    });
    if (lines.length === 0) return [];
    return [
      {
        kind: "lines",
        title: `${module}: time inside of WASI over the load's size`,
        caption:
          "Both axes are logarithmic: what grows as the load does rises as steeply as the axis; what is steeper does more for each piece of work, the more there are.",
        unit: "ns",
        xAxis: "size of the load",
        yAxis: "time in WASI",
        lines,
        crossings: [],
      },
    ];
  });
}

function wasiTime({ functions }: SeenRun): number {
  return functions.reduce((sum, one) => sum + (bestTime(one) ?? 0), 0);
}

function findingsSection(findings: readonly FindingRecord[]): PageSection {
  return {
    id: "wasi-findings",
    title: "What stands out",
    short: "Findings",
    text: ["Found by rules over these measurements, the largest factor first."],
    figures: [
      {
        kind: "table",
        title: "Findings",
        caption: "",
        columns: ["runtime", "load", "function", "what", "factor", "seen", "likely cause"],
        rows: findings
          .toSorted((a, b) => b.factor - a.factor)
          .map(({ arm, module, size, func, kind, factor, evidence, cause }): Cell[] => [
            arm,
            `${module} ${size}`.trim(),
            { code: func },
            kind,
            valueCell(factor, "ratio"),
            evidence,
            cause,
          ]),
      },
    ],
  };
}

function loadSection(
  name: string,
  runs: readonly SeenRun[],
  at: number,
  order: ArmOrder,
): PageSection {
  return {
    id: `wasi-load-${at + 1}`,
    title: `WASI: ${name}`,
    short: name,
    text: [],
    figures: [functionTable(name, runs, order), ...syscallTable(name, runs, order)],
  };
}

/** A column of the functions' table; one that no function has a value for is left out. */
interface Column {
  readonly title: string;
  readonly unit: Unit;
  readonly of: (seen: SeenFunction, best: number) => number | undefined;
  /** Whether it says nothing when all of its values are 0. */
  readonly seldom?: true;
}

const columns: readonly Column[] = [
  { title: "calls", unit: "count", of: ({ figures }) => figures.get("calls") },
  { title: "time", unit: "ns", of: ({ figures }) => figures.get("time") },
  { title: "corrected", unit: "ns", of: ({ figures }) => figures.get("corrected-time") },
  { title: "±", unit: "ns", of: ({ figures }) => figures.get("band") },
  { title: "a call", unit: "ns", of: callTime },
  { title: "to the best", unit: "ratio", of: toBest },
  { title: "median", unit: "ns", of: ({ figures }) => figures.get("p50") },
  { title: "99 %", unit: "ns", of: ({ figures }) => figures.get("p99") },
  { title: "system calls a call", unit: "count", of: syscallsPerCall },
  { title: "in them a call", unit: "ns", of: (seen) => perCall(seen, "in-syscalls") },
  { title: "bytes", unit: "bytes", of: ({ figures }) => figures.get("bytes") },
  { title: "errors", unit: "count", of: ({ figures }) => figures.get("errno"), seldom: true },
  {
    title: "thread hops a call",
    unit: "count",
    of: (seen) => perCall(seen, "thread-hops"),
    seldom: true,
  },
  {
    title: "switches a call",
    unit: "count",
    of: (seen) => perCall(seen, "context-switches"),
    seldom: true,
  },
];

function callTime(seen: SeenFunction): number | undefined {
  const [time, calls] = [bestTime(seen), seen.figures.get("calls")];
  return time === undefined || calls === undefined || calls === 0 ? undefined : time / calls;
}

function toBest(seen: SeenFunction, best: number): number | undefined {
  const own = callTime(seen);
  return own === undefined || !(best > 0) ? undefined : own / best;
}

function functionTable(name: string, runs: readonly SeenRun[], order: ArmOrder): Figure {
  const rows = runs
    .toSorted((a, b) => order.of(a.arm) - order.of(b.arm))
    .flatMap(({ arm, functions }) => functions.map((seen) => ({ arm, seen })));
  const names = [...new Set(rows.map(({ seen }) => seen.name))];
  const bests = new Map(
    names.map((one) => {
      const own = rows.filter(({ seen }) => seen.name === one).map(({ seen }) => callTime(seen));
      return [one, Math.min(...own.filter((time) => time !== undefined && time > 0).map(Number))];
    }),
  );
  // A single call that was interrupted for long makes no function heavy.
  const weight = (one: string): number =>
    median(rows.filter(({ seen }) => seen.name === one).map(({ seen }) => bestTime(seen) ?? 0));
  const sorted = names.toSorted((a, b) => weight(b) - weight(a));
  const cells = sorted.flatMap((one) =>
    rows
      .filter(({ seen }) => seen.name === one)
      .map(({ arm, seen }) => ({
        names: [one, arm],
        values: columns.map(({ of }) => of(seen, bests.get(one)!)),
      })),
  );
  const used = columns.filter(({ seldom }, at) => {
    const values = cells.map((row) => row.values[at]).filter((number) => number !== undefined);
    return seldom === true ? values.some((number) => number !== 0) : values.length > 0;
  });
  return {
    kind: "table",
    title: `WASI functions: ${name}`,
    caption:
      "Medians over runs. A call's time is the corrected one where there is one; the best is the quickest runtime at that function.",
    columns: ["function", "runtime", ...used.map(({ title }) => title)],
    rows: cells.map((row) => [
      ...row.names,
      ...used.map((column) => valueCell(row.values[columns.indexOf(column)], column.unit)),
    ]),
  };
}

function syscallTable(name: string, runs: readonly SeenRun[], order: ArmOrder): Figure[] {
  const rows = runs
    .toSorted((a, b) => order.of(a.arm) - order.of(b.arm))
    .flatMap(({ arm, functions }) =>
      functions.flatMap((seen) =>
        seen.syscalls
          .filter(({ count }) => count > 0)
          .map((syscall) => ({ arm, seen, syscall, calls: seen.figures.get("calls") ?? NaN })),
      ),
    )
    .toSorted((a, b) => b.syscall.count - a.syscall.count);
  if (rows.length === 0) return [];
  return [
    {
      kind: "table",
      title: `System calls inside of them: ${name}`,
      caption: "",
      columns: [
        "function",
        "runtime",
        "system call",
        "made by",
        "number",
        "a call",
        "time",
        "each",
      ],
      rows: rows.map(({ arm, seen, syscall, calls }): Cell[] => [
        seen.name,
        arm,
        { code: syscall.name },
        syscall.byHelper ? "another thread" : "the caller",
        valueCell(syscall.count, "count"),
        valueCell(syscall.count / calls, "count"),
        valueCell(syscall.timeNs, "ns"),
        valueCell(syscall.timeNs / syscall.count, "ns"),
      ]),
    },
  ];
}

function valueCell(number: number | undefined, unit: Unit): Cell {
  return { unit, mark: { value: number ?? NaN } };
}
