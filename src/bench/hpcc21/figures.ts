import type { Figure, Mark } from "../../report/index.ts";
import { crossovers } from "../analysis/crossover.ts";
import { estimates, meanRatio, medians, ratio } from "../analysis/matrix.ts";
import { pointsWith, shortName } from "../analysis/points.ts";
import type { Point } from "../analysis/points.ts";
import { marksOf, nameOf, rangedOf } from "../pages/parts.ts";
import type { ArmOrder } from "../pages/parts.ts";
import { codeMetrics } from "./claims/arm.ts";
import { nodefsPoints } from "./claims/nodefs.ts";
import { sweep } from "./claims/fig8.ts";
import type { Evidence } from "./evidence.ts";

/** Whom others are compared with: Wasmtime as the paper does, or the first arm where it is missing. */
function baselineOf({ arms, samples }: Evidence): string | undefined {
  return arms.get("wasmtime") ?? samples.arms[0]?.arm;
}

const allArms = ({ samples }: Evidence): string[] => samples.arms.map(({ arm }) => arm);

/** Fig. 5: each kernel over the baseline, and the mean of all. */
export function fig5Figures(evidence: Evidence, order: ArmOrder): Figure[] {
  const baseline = baselineOf(evidence);
  if (baseline === undefined) return [];
  const of = (metric: string): Point[] =>
    pointsWith(evidence.points("fig5", allArms(evidence), metric), baseline);
  const [long, short] = [of("long-run"), of("engine-total")];
  if (long.length === 0) return [];
  const means = (points: readonly Point[], what: string, how: string): Figure => ({
    kind: "bars",
    title: `${what} over that of ${baseline}, geometric mean of ${points.length} kernels`,
    caption: `Shorter is faster; 1× is ${baseline}. ${how} Runtimes that could not run all of the kernels are left out.`,
    unit: "ratio",
    groups: [{ name: "", marks: meanMarks(points, baseline, order) }],
  });
  return [
    means(
      long,
      "Time of runs of ten seconds",
      "Start-up as measured, execution so often as makes about ten seconds.",
    ),
    {
      kind: "dots",
      title: `Time of runs of ten seconds over that of ${baseline}, kernel by kernel`,
      caption:
        "Left is faster. Markers are medians over blocks, lines their 95 % intervals; the axis is logarithmic.",
      unit: "ratio",
      axis: "time over baseline",
      reference: { value: 1, name: baseline },
      rows: long.map((point) => ({
        name: nameOf(point, long),
        marks: marksOf(point, order, (at, arm) => ratio(at, arm, baseline)).filter(
          ({ series }) => series !== order.of(baseline),
        ),
      })),
    },
    means(short, "Time as measured", "Short runs, in which compiling weighs more."),
  ];
}

function meanMarks(points: readonly Point[], baseline: string, order: ArmOrder): Mark[] {
  const everywhere = order.names.filter((arm) => pointsWith(points, arm).length === points.length);
  const found = estimates(
    points.map(({ matrix }) => matrix),
    (drawn) => everywhere.map((arm) => meanRatio(drawn, arm, baseline)),
    1000,
  );
  return found.map((interval, at) => ({
    series: order.of(everywhere[at]!),
    ...rangedOf(interval),
  }));
}

/** Fig. 7: start-up and execution of one call, and of fifty. */
export function fig7Figures(evidence: Evidence, order: ArmOrder): Figure[] {
  const stack = (calls: 1 | 50, title: string): Figure | undefined => {
    const of = (metric: string): Map<string, Point> =>
      new Map(
        evidence
          .points("fig7", allArms(evidence), metric)
          .map((point) => [`${point.module} ${point.size}`, point]),
      );
    const [start, execution] = [of("startup"), of(calls === 1 ? "execution" : "execution-50")];
    const keys = [...start.keys()].filter((key) => execution.has(key));
    if (keys.length === 0) return undefined;
    return {
      kind: "stacks",
      title,
      caption:
        "Start-up is reading and compiling (loading, where compiled ahead), without the start of a process; execution is making the instance, its run and its end. Medians over blocks; each group has its own scale.",
      unit: "ns",
      parts: ["start-up", "execution"],
      colours: [0, 3],
      groups: keys.map((key) => {
        const [starts, runs] = [
          medians(start.get(key)!.matrix),
          medians(execution.get(key)!.matrix),
        ];
        return {
          name: shortName(start.get(key)!),
          rows: order.sorted([...starts.keys()]).map((arm) => ({
            series: order.of(arm),
            values: [starts.get(arm)!, runs.get(arm) ?? 0],
          })),
        };
      }),
    };
  };
  return [
    stack(1, "(a) One cold call"),
    stack(50, "(b) Fifty calls in a row in one process"),
  ].filter((figure) => figure !== undefined);
}

/** Fig. 8: time over the size, with the crossings. */
export function fig8Figures(evidence: Evidence, order: ArmOrder): Figure[] {
  const points = sweep(evidence, allArms(evidence));
  if (points.length < 2) return [];
  const marks = points.map((point) => ({
    n: point.n,
    marks: marksOf(point, order, (at, arm) => at.get(arm)!),
  }));
  const sizes = points.map(({ n, matrix }) => ({ size: n, matrix }));
  const found = crossovers(sizes, order.names)
    .filter(({ size }) => Number.isFinite(size.low))
    .toSorted((a, b) => a.size.estimate - b.size.estimate);
  const lines = order.names.map((_, series) => ({
    series,
    points: marks.flatMap(({ n, marks: all }) => {
      const mark = all.find((candidate) => candidate.series === series);
      return mark === undefined
        ? []
        : [{ x: n, value: mark.value, low: mark.low!, high: mark.high! }];
    }),
  }));
  return [
    {
      kind: "lines",
      title: "Time of an n x n matrix product",
      caption:
        "Both axes are logarithmic; bands are 95 % intervals of the medians. Numbered rings are crossings, lines through them where each lies with 95 %.",
      unit: "ns",
      xAxis: "n (rows and columns)",
      yAxis: "time to compile and run",
      lines: lines.filter((line) => line.points.length > 0),
      crossings: found.map(({ below, above, size, value }) => ({
        x: size.estimate,
        low: size.low,
        high: size.high,
        value,
        below: order.of(below),
        above: order.of(above),
      })),
    },
    {
      kind: "table",
      title: "Crossings",
      caption:
        found.length === 0
          ? "No two curves surely cross in this range."
          : "From this size on the second runtime is the faster one. Only crossings found in 95 % of all resamples are listed.",
      columns: ["", "faster below", "faster above", "size n", "time there"],
      rows: found.map(({ below, above, size, value }, at) => [
        `${at + 1}`,
        below,
        above,
        { unit: "count", mark: rangedOf(size) },
        { unit: "ns", mark: { value } },
      ]),
    },
  ];
}

/** Fig. 9: times of the five functions. */
export function fig9Figures(evidence: Evidence, order: ArmOrder): Figure[] {
  const points = evidence.points("fig9", allArms(evidence));
  if (points.length === 0) return [];
  return [
    {
      kind: "bars",
      title: "Time to compile and run",
      caption:
        "Shorter is faster. Medians over blocks with 95 % intervals; each group has its own scale.",
      unit: "ns",
      groups: points.map((point) => ({
        name: nameOf(point, points),
        marks: marksOf(point, order, (at, arm) => at.get(arm)!),
      })),
    },
  ];
}

/** Times of whole processes that work on files: by WASI, and by Emscripten's NODEFS. */
export function nodefsFigures(evidence: Evidence, order: ArmOrder): Figure[] {
  const found = nodefsPoints(evidence);
  if (found === undefined) return [];
  return [
    {
      kind: "bars",
      title: "Time of a whole process",
      caption:
        "Shorter is faster. Medians over blocks with 95 % intervals; each group has its own scale.",
      unit: "ns",
      groups: found.points.map((point) => ({
        name: `${point.module.replace(/^io-/, "")} ${point.size}`,
        marks: marksOf(point, order, (at, arm) => at.get(arm)!),
      })),
    },
  ];
}

/** III-C: bytes of Cranelift's code for this machine and for AArch64. */
export function armFigures({ samples }: Evidence): Figure[] {
  const of = (metric: string): Map<string, number> =>
    new Map(
      samples.records.filter((row) => row.metric === metric).map((row) => [row.module, row.value]),
    );
  const [here, arm] = [of(codeMetrics.here), of(codeMetrics.arm)];
  const both = [...here.keys()].filter((module) => arm.has(module));
  if (both.length === 0) return [];
  const bytes = (value: number): { unit: "bytes"; mark: { value: number } } => ({
    unit: "bytes",
    mark: { value },
  });
  return [
    {
      kind: "table",
      title: "Cranelift's code by target",
      caption:
        "Bytes of machine code in the compiled artefact; the same module, compiler and options.",
      columns: ["module", "x86-64", "AArch64", "AArch64 over x86-64"],
      rows: both.map((module) => [
        shortName({ module }),
        bytes(here.get(module)!),
        bytes(arm.get(module)!),
        { unit: "ratio", mark: { value: arm.get(module)! / here.get(module)! } },
      ]),
    },
  ];
}
