import type { BenchPage, Figure, Mark, PageSection } from "../../report/index.ts";
import { crossovers } from "../analysis/crossover.ts";
import { estimates, meanRatio, medians, ratio } from "../analysis/matrix.ts";
import { pointsOf, pointsWith, shortName } from "../analysis/points.ts";
import type { Point } from "../analysis/points.ts";
import { Samples } from "../analysis/samples.ts";
import { undisturbed } from "../analysis/undisturbed.ts";
import { mainMetric, metrics } from "../metrics.ts";
import type { BenchRecord } from "../record.ts";
import {
  ArmOrder,
  factsOf,
  failureSection,
  runtimeSection,
  marksOf,
  nameOf,
  rangedOf,
  warningsOf,
} from "./parts.ts";
import type { RecordSet } from "./parts.ts";
import { wasiSections } from "./wasi-sections.ts";
import { isWasi } from "../wasi/seen.ts";

type Level = BenchRecord["level"];

const levels: Readonly<Record<Level, string>> = {
  cold: "Cold: a fresh process",
  warm: "Warm: a fresh instance of a kept module",
  hot: "Hot: calls of a kept instance",
};

/** With more modules, bars of times give way to markers of ratios. */
const MOST_GROUPS = 8;

/** Tells what any records hold: times by level, phases, sizes, failures. */
export function recordsPage(set: RecordSet, command: string): BenchPage {
  const samples = new Samples(undisturbed(set.records));
  const order = new ArmOrder(samples.arms, ({ family }) => family);
  const modules = new Set(set.records.map(({ module }) => module));
  const isTimed = samples.records.some((record) => !isWasi(record));
  const sections = [
    ...wasiSections(set, order),
    ...(Object.keys(levels) as Level[]).map((level) => levelSection(samples, order, level)),
    phaseSection(samples, order),
    sizeSection(samples, order),
    sweepSection(samples, order),
    isTimed ? runtimeSection(set, samples.arms) : undefined,
    failureSection(set.failures),
  ].filter((section) => section !== undefined);
  return {
    title: modules.size === 1 ? [...modules][0]! : `${modules.size} modules`,
    subtitle: isTimed
      ? `${order.names.length} runtimes, measured in randomised blocks`
      : `WASI functions of ${order.names.length} runtimes, and the system calls inside of them`,
    facts: factsOf(set),
    warnings: warningsOf(set),
    series: order.series,
    sections: [...sections, repeatSection(command)],
  };
}

function loadsOf({ records }: Samples): { module: string; size: string }[] {
  const seen = new Map(records.map(({ module, size }) => [`${module}\n${size}`, { module, size }]));
  return [...seen.values()];
}

function pointsAt(samples: Samples, level: Level, metric: string, by = "wall"): Point[] {
  const arms = samples.arms.map(({ arm }) => arm);
  return pointsOf(samples, arms, loadsOf(samples), { level, metric, by }, 2);
}

function levelSection(samples: Samples, order: ArmOrder, level: Level): PageSection | undefined {
  const points = pointsAt(samples, level, mainMetric[level]);
  if (points.length === 0) return undefined;
  const figures: Figure[] = [];
  const baseline = order.names[0]!;
  const both = pointsWith(points, baseline).filter(({ matrix }) => matrix.arms.length > 1);
  if (points.length <= MOST_GROUPS) {
    figures.push({
      kind: "bars",
      title: "Time of a run",
      caption:
        "Shorter is faster. Medians over blocks with 95 % intervals; each group has its own scale.",
      unit: "ns",
      groups: points.map((point) => ({
        name: nameOf(point, points),
        marks: marksOf(point, order, (at, arm) => at.get(arm)!),
      })),
    });
  }
  if (both.length > 1) figures.push(meanFigure(both, order, baseline));
  if (points.length > MOST_GROUPS && both.length > 0)
    figures.push(ratioFigure(both, order, baseline));
  return { id: level, title: levels[level], short: level, text: [], figures };
}

function meanFigure(points: readonly Point[], order: ArmOrder, baseline: string): Figure {
  const everywhere = order.names.filter((arm) => pointsWith(points, arm).length === points.length);
  const found = estimates(
    points.map(({ matrix }) => matrix),
    (drawn) => everywhere.map((arm) => meanRatio(drawn, arm, baseline)),
    1000,
  );
  const marks = found.map((interval, at): Mark => ({
    series: order.of(everywhere[at]!),
    ...rangedOf(interval),
  }));
  return {
    kind: "bars",
    title: `Time over that of ${baseline}, geometric mean of ${points.length}`,
    caption: "Shorter is faster. Runtimes that did not run everything are left out.",
    unit: "ratio",
    groups: [{ name: "", marks }],
  };
}

function ratioFigure(points: readonly Point[], order: ArmOrder, baseline: string): Figure {
  return {
    kind: "dots",
    title: `Time over that of ${baseline}`,
    caption: "Left is faster; markers are medians over blocks with 95 % intervals.",
    unit: "ratio",
    axis: "time over baseline",
    reference: { value: 1, name: baseline },
    rows: points.map((point) => ({
      name: nameOf(point, points),
      marks: marksOf(point, order, (at, arm) => ratio(at, arm, baseline)).filter(
        ({ series }) => series !== order.of(baseline),
      ),
    })),
  };
}

/** Phases of cold runs in engine hosts, for as many modules as can be looked at. */
function phaseSection(samples: Samples, order: ArmOrder): PageSection | undefined {
  const parts = metrics.filter(({ part }) => part !== undefined);
  const loads = loadsOf(samples);
  const groups = loads.slice(0, MOST_GROUPS).map(({ module, size }) => {
    const rows = order.names.map((arm, series) => ({
      series,
      values: parts.map(({ name }) => medianOf(samples, arm, { module, size, metric: name })),
    }));
    const measured = rows.filter(({ values }) => values.some((value) => value > 0));
    return { name: `${shortName({ module })} ${size}`, rows: measured };
  });
  const shown = groups.filter(({ rows }) => rows.length > 0);
  if (shown.length === 0) return undefined;
  const used = parts.filter((_, at) =>
    shown.some(({ rows }) => rows.some(({ values }) => values[at]! > 0)),
  );
  const indices = used.map((part) => parts.indexOf(part));
  return {
    id: "phases",
    title: "Phases of a cold run",
    short: "phases",
    text: [
      "Times inside of a fresh engine host: from the start of its process to its end. What no phase explains is a part of its own.",
    ],
    figures: [
      {
        kind: "stacks",
        title: "Where the time of a cold run goes",
        caption: `Medians over blocks, so that parts may sum to a little more or less than the median of all${loads.length > shown.length ? `; the first ${shown.length} of ${loads.length} modules` : ""}. Each group has its own scale.`,
        unit: "ns",
        parts: used.map(({ title }) => title),
        groups: shown.map(({ name, rows }) => ({
          name,
          rows: rows.map(({ series, values }) => ({
            series,
            values: indices.map((at) => values[at]!),
          })),
        })),
      },
    ],
  };
}

function medianOf(
  samples: Samples,
  arm: string,
  what: { module: string; size: string; metric: string },
): number {
  const blocks = [...samples.blocks(arm, { ...what, level: "cold", by: "wall" }).values()];
  const sorted = blocks.toSorted((a, b) => a - b);
  return Math.max(0, sorted[Math.floor(sorted.length / 2)] ?? 0);
}

/** Bytes and counts: a row for each module and arm, the columns that were measured. */
function sizeSection(samples: Samples, order: ArmOrder): PageSection | undefined {
  const columns = metrics.filter(({ unit }) => unit !== "ns");
  const found = new Map<string, number>();
  for (const { arm, module, size, metric, unit, value } of samples.records) {
    if (unit !== "ns") found.set(JSON.stringify([module, size, arm, metric]), value);
  }
  const shown = columns.filter(({ name }) =>
    [...found.keys()].some((key) => key.endsWith(`${JSON.stringify(name)}]`)),
  );
  if (shown.length === 0) return undefined;
  const rows = loadsOf(samples).flatMap(({ module, size }) =>
    order.names.map((arm) => ({
      names: [`${shortName({ module })} ${size}`, arm],
      values: shown.map(({ name }) => found.get(JSON.stringify([module, size, arm, name]))),
    })),
  );
  return {
    id: "sizes",
    title: "Memory, code and counts",
    short: "memory and code",
    text: ["The last value of each; what an engine does not tell is left open."],
    figures: [
      {
        kind: "table",
        title: "Memory, code and counts",
        caption: "",
        columns: ["module", "runtime", ...shown.map(({ title }) => title)],
        rows: rows
          .filter(({ values }) => values.some((value) => value !== undefined))
          .map(({ names, values }) => [
            ...names,
            ...values.map((value, at) => ({
              unit: shown[at]!.unit,
              mark: { value: value ?? NaN },
            })),
          ]),
      },
    ],
  };
}

/** A module that was measured at three sizes or more, which are numbers: curves. */
function sweepSection(samples: Samples, order: ArmOrder): PageSection | undefined {
  const points = pointsAt(samples, "cold", "total").filter(({ size }) => Number(size) > 0);
  const modules = [...new Set(points.map(({ module }) => module))];
  const figures = modules.flatMap((module) => {
    const own = points
      .filter((point) => point.module === module)
      .toSorted((a, b) => Number(a.size) - Number(b.size));
    return own.length < 3 ? [] : [sweepFigure(module, own, order)];
  });
  if (figures.length === 0) return undefined;
  return { id: "sweep", title: "Time over size", short: "sizes", text: [], figures };
}

function sweepFigure(module: string, points: readonly Point[], order: ArmOrder): Figure {
  const found = crossovers(
    points.map(({ size, matrix }) => ({ size: Number(size), matrix })),
    order.names,
  ).filter(({ size }) => Number.isFinite(size.low));
  const at = points.map((point) => medians(point.matrix));
  return {
    kind: "lines",
    title: module,
    caption: "Both axes are logarithmic; numbered rings are crossings.",
    unit: "ns",
    xAxis: "size",
    yAxis: "time of a run",
    lines: order.names.map((arm, series) => ({
      series,
      points: points.flatMap(({ size }, nth) => {
        const value = at[nth]!.get(arm);
        return value === undefined ? [] : [{ x: Number(size), value }];
      }),
    })),
    crossings: found.map(({ below, above, size, value }) => ({
      x: size.estimate,
      low: size.low,
      high: size.high,
      value,
      below: order.of(below),
      above: order.of(above),
    })),
  };
}

function repeatSection(command: string): PageSection {
  return {
    id: "repeat",
    title: "How this page was made",
    short: "how to repeat",
    text: ["The records hold every value; times, machine and versions stand beside each."],
    figures: [],
    repeat: [command],
  };
}
