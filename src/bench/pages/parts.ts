import type { Cell, Mark, PageSection, Series } from "../../report/index.ts";
import { median } from "../../stats/index.ts";
import type { Interval } from "../../stats/index.ts";
import { estimates } from "../analysis/matrix.ts";
import { shortName } from "../analysis/points.ts";
import type { Point } from "../analysis/points.ts";
import type { Arm } from "../analysis/samples.ts";
import type { BenchRecord, FailureRecord, FindingRecord, MachineRecord } from "../record.ts";

/** All that a file of records can hold. */
export interface RecordSet {
  readonly records: readonly BenchRecord[];
  readonly failures: readonly FailureRecord[];
  readonly findings: readonly FindingRecord[];
  readonly machines: readonly MachineRecord[];
}

/** The arms of a page in a fixed order, so that each has one colour and sign everywhere. */
export class ArmOrder {
  readonly names: readonly string[];
  readonly series: readonly Series[];

  constructor(arms: readonly Arm[], titleOf: (arm: Arm) => string) {
    this.names = arms.map(({ arm }) => arm);
    this.series = arms.map((arm) => ({ name: arm.arm, title: titleOf(arm) }));
  }

  /** Gives the place of an arm. */
  of(arm: string): number {
    return this.names.indexOf(arm);
  }

  /** Sorts names of arms by their place. */
  sorted(arms: readonly string[]): string[] {
    return this.names.filter((name) => arms.includes(name));
  }
}

/** Makes marks of what a statistic gives for each arm of a point, in the arms' order. */
export function marksOf(
  { matrix }: Point,
  order: ArmOrder,
  valueOf: (point: ReadonlyMap<string, number>, arm: string) => number,
): Mark[] {
  const arms = order.sorted(matrix.arms);
  const found = estimates([matrix], ([point]) => arms.map((arm) => valueOf(point!, arm)), 1000);
  return found.map((interval, at) => ({
    series: order.of(arms[at]!),
    ...rangedOf(interval),
    note: `${matrix.moods.length} blocks`,
  }));
}

/** Turns an interval into what figures show. */
export function rangedOf({ estimate, low, high }: Interval): {
  value: number;
  low: number;
  high: number;
} {
  return { value: estimate, low, high };
}

/** Names a point, with its size where the same module was measured at several. */
export function nameOf(point: Point, all: readonly Point[]): string {
  const several = all.some(({ module, size }) => module === point.module && size !== point.size);
  return several ? `${shortName(point)} ${point.size}` : shortName(point);
}

/** Where the records were made: pairs for the head of a page. */
export function factsOf({ records, machines }: RecordSet): (readonly [string, string])[] {
  const times = records.map(({ time }) => time).toSorted();
  const [first] = times;
  return [
    ...machines.flatMap(({ cpu, cores, memoryBytes, os, kernel, arch, virtual, node }) => [
      ["processor", `${cpu}, ${cores} cores`] as const,
      ["memory", `${Math.round(memoryBytes / 2 ** 30)} GiB`] as const,
      ["system", `${os}, ${kernel} ${arch}`] as const,
      ["machine", virtual === "" || virtual === "none" ? "bare metal" : virtual] as const,
      ["Node.js", node] as const,
    ]),
    ...(first === undefined ? [] : [["measured", first.slice(0, 16).replace("T", " ")] as const]),
    ["values", records.length.toLocaleString("en")],
  ];
}

/** A load above the number of processors, or time stolen by other machines, makes times of little worth. */
export function warningsOf({ records, machines }: RecordSet): string[] {
  const cores = Math.max(1, ...machines.map((machine) => machine.cores));
  const blocks = new Map(records.map((row) => [`${row.run}#${row.module}#${row.block}`, row]));
  const all = [...blocks.values()];
  const loaded = all.filter(({ load }) => (load ?? 0) > cores).length;
  const stolen = all.filter(({ steal }) => (steal ?? 0) > 0.02).length;
  const warnings: string[] = [];
  const share = (count: number): string => `${Math.round((100 * count) / all.length)} %`;
  if (loaded > 0.1 * all.length) {
    warnings.push(
      `In ${share(loaded)} of the blocks more programs wanted to run than the machine has processors. Runtimes that take turns in a block meet the same, so ratios suffer less than times.`,
    );
  }
  if (stolen > 0.1 * all.length) {
    warnings.push(
      `In ${share(stolen)} of the blocks other guests of the physical machine took more than 2 % of the time.`,
    );
  }
  if (machines.length > 1) warnings.push(`These records come from ${machines.length} machines.`);
  return warnings;
}

/** Who took part, in figures: a row for each runtime. */
export function runtimeSection(
  { records, failures }: RecordSet,
  arms: readonly Arm[],
): PageSection | undefined {
  if (arms.length === 0) return undefined;
  const medianOf = (arm: string, names: readonly string[]): number => {
    const values = records
      .filter((row) => row.arm === arm && names.includes(row.metric) && row.by !== "cpu")
      .map(({ value }) => value);
    return values.length === 0 ? NaN : median(values);
  };
  const rows = arms.map(({ arm, version, tier, family }): readonly Cell[] => {
    const own = records.filter((row) => row.arm === arm);
    const loads = new Set(own.map(({ module, size }) => `${module}\n${size}`));
    const failed = failures.filter((row) => row.arm === arm).length;
    return [
      arm,
      family,
      `${version}, ${tier}`,
      { unit: "count", mark: { value: loads.size } },
      { unit: "ns", mark: { value: medianOf(arm, ["process-start"]) } },
      {
        unit: "ns",
        mark: { value: medianOf(arm, ["compile", "load-artefact", "prepare-compile"]) },
      },
      { unit: "ns", mark: { value: medianOf(arm, ["instantiate"]) } },
      { unit: "bytes", mark: { value: medianOf(arm, ["peak-memory", "host-peak-memory"]) } },
      { unit: "count", mark: { value: failed } },
    ];
  });
  return {
    id: "runtimes",
    title: "Runtimes",
    short: "Runtimes",
    text: [],
    figures: [
      {
        kind: "table",
        title: "Each runtime over all that it ran",
        caption:
          "Medians over everything. The start of the process and its memory are those of the program that the engine lives in, which is Node or Python for some.",
        columns: [
          "runtime",
          "engine",
          "version, tier",
          "loads",
          "process start",
          "compile or load",
          "instantiate",
          "peak memory",
          "failures",
        ],
        rows,
      },
    ],
  };
}

/** The runs that gave no value, in the engines' own words; undefined without any. */
export function failureSection(failures: readonly FailureRecord[]): PageSection | undefined {
  if (failures.length === 0) return undefined;
  const groups = new Map<string, FailureRecord[]>();
  for (const failure of failures) {
    const key = JSON.stringify([failure.arm, failure.module, failure.failed, failure.message]);
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return {
    id: "failures",
    title: "What did not run",
    short: "Failures",
    text: ["A run that fails, or prints something else than it must, gives no time."],
    figures: [
      {
        kind: "table",
        title: "Failures",
        caption: "",
        columns: ["runtime", "module", "what", "runs", "in its own words"],
        rows: [...groups.values()].map((group) => {
          const { arm, module, size, failed, message } = group[0]!;
          const words = message.length > 240 ? `${message.slice(0, 240)} …` : message;
          return [
            arm,
            `${module} ${size}`,
            failed,
            { unit: "count", mark: { value: group.length } },
            { code: words },
          ];
        }),
      },
    ],
  };
}
