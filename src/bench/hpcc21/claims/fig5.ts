import { shortName, pointsWith } from "../../analysis/points.ts";
import type { Point } from "../../analysis/points.ts";
import { estimate, meanRatio, medians, ratio } from "../../analysis/matrix.ts";
import type { Medians } from "../../analysis/matrix.ts";
import type { Evidence } from "../evidence.ts";
import { kernelsOfWavm } from "../paper.ts";
import { judge, untestable, withClasses } from "./claim.ts";
import type { Claim, Finding } from "./claim.ts";

/** The paper's runs take tens of seconds; see `splitRecords`. */
const LONG = "long-run";

/** The claims about run times of kernels (Fig. 5). */
export const fig5Claims: readonly Claim[] = [
  {
    id: "fig5-node-never-best",
    claim: "Node.js is the fastest runtime on none of the kernels.",
    where: "Fig. 5",
    evaluate: (evidence) =>
      withClasses(evidence, ["node", "wasmtime"], (node) => neverBest(evidence, node)),
  },
  {
    id: "fig5-wavm-ahead",
    claim:
      "WAVM is somewhat faster than Wasmtime on most kernels: 2mm, 3mm, adi, cholesky, covariance, doitgen, fdtd-2d, gemm, seidel, heat-3d, ludcmp, symm, syr2k, trmm.",
    where: "Fig. 5",
    evaluate: (evidence) =>
      withClasses(evidence, ["wavm", "wasmtime"], (wavm, wasmtime) => {
        const points = named(evidence, wavm, wasmtime);
        return compare(points, wavm, wasmtime, { below: 1 });
      }),
  },
  {
    id: "fig5-wavm-cholesky-gemm",
    claim: "WAVM's lead over Wasmtime is most marked on cholesky and gemm.",
    where: "Fig. 5",
    evaluate: (evidence) =>
      withClasses(evidence, ["wavm", "wasmtime"], (...arms) => mostMarked(evidence, arms)),
  },
  {
    id: "fig5-wavm-slowest-of-few",
    claim: "On a few kernels (three) WAVM is the slowest of all, for its start-up.",
    where: "Fig. 5",
    evaluate: (evidence) => withClasses(evidence, ["wavm"], (wavm) => slowestOfFew(evidence, wavm)),
  },
  {
    id: "fig5-lucet-worst",
    claim: "Lucet is the slowest runtime over all kernels.",
    where: "Fig. 5",
    evaluate: (evidence) =>
      withClasses(evidence, ["lucet", "wasmtime", "wavm"], (lucet) => worst(evidence, lucet)),
  },
  {
    id: "fig5-wasmer-behind",
    claim: "Wasmer is slower than Wasmtime over the kernels.",
    where: "Fig. 5",
    evaluate: (evidence) =>
      withClasses(evidence, ["wasmer", "wasmtime"], (wasmer, wasmtime) => {
        const points = pointsWith(evidence.ofClasses("fig5", LONG), wasmer, wasmtime);
        return compare(points, wasmer, wasmtime, { above: 1 });
      }),
  },
];

/** The kernels that the paper names for WAVM, as far as they were measured. */
function named(evidence: Evidence, ...arms: readonly string[]): Point[] {
  return pointsWith(evidence.ofClasses("fig5", LONG), ...arms).filter((point) =>
    kernelsOfWavm.includes(shortName(point)),
  );
}

const none = (): Finding => untestable("Too few blocks were measured: at least five are needed.");

function compare(
  points: readonly Point[],
  over: string,
  under: string,
  wanted: { above?: number; below?: number },
): Finding {
  if (points.length === 0) return none();
  const matrices = points.map(({ matrix }) => matrix);
  const mean = estimate(matrices, (drawn) => meanRatio(drawn, over, under));
  const faster = matrices.filter((matrix) => ratio(medians(matrix), over, under) < 1).length;
  return judge(
    mean,
    wanted,
    `Time of ${over} over ${under} in runs of ten seconds, geometric mean of ${points.length} kernels; ${over} is the faster one on ${faster}.`,
  );
}

function mostMarked(evidence: Evidence, [wavm, wasmtime]: readonly string[]): Finding {
  const points = named(evidence, wavm!, wasmtime!);
  const marked = (point: Point): boolean => ["cholesky", "gemm"].includes(shortName(point));
  const [two, rest] = [points.filter(marked), points.filter((point) => !marked(point))];
  if (two.length < 2 || rest.length === 0) return none();
  const all = [...two, ...rest].map(({ matrix }) => matrix);
  const excess = estimate(
    all,
    (drawn) =>
      meanRatio(drawn.slice(0, 2), wavm!, wasmtime!) / meanRatio(drawn.slice(2), wavm!, wasmtime!),
  );
  return judge(
    excess,
    { below: 1 },
    `Ratio of ${wavm!} to ${wasmtime!} on cholesky and gemm, over that on ${rest.length} other named kernels.`,
  );
}

function neverBest(evidence: Evidence, node: string): Finding {
  const points = pointsWith(evidence.ofClasses("fig5", LONG), node).filter(
    ({ matrix }) => matrix.arms.length > 1,
  );
  if (points.length === 0) return untestable(evidence.lacking(["wasmtime"]));
  const margins = points.map((point) => {
    const best = bestOther(medians(point.matrix), node);
    return {
      point,
      best,
      margin: estimate([point.matrix], ([drawn]) => ratio(drawn!, node, best)),
    };
  });
  const closest = margins.reduce((a, b) => (b.margin.estimate < a.margin.estimate ? b : a));
  const won = margins.filter(({ margin }) => margin.high < 1).map(({ point }) => shortName(point));
  return judge(
    closest.margin,
    { above: 1 },
    `Time of ${node} over the fastest other (${closest.best}) in runs of ten seconds of ${shortName(closest.point)}, where it comes closest of ${points.length} kernels; ` +
      `it is surely the fastest on ${won.length === 0 ? "none" : won.join(", ")}.`,
  );
}

/** The fastest arm of a point but one. */
function bestOther(point: Medians, arm: string): string {
  const rest = [...point].filter(([name]) => name !== arm);
  return rest.reduce((a, b) => (b[1] < a[1] ? b : a))[0];
}

function slowestOfFew(evidence: Evidence, wavm: string): Finding {
  const points = pointsWith(evidence.ofClasses("fig5"), wavm).filter(
    ({ matrix }) => matrix.arms.length > 2,
  );
  if (points.length === 0) return none();
  const isSlowest = (point: Medians): boolean => Math.max(...point.values()) === point.get(wavm);
  const count = estimate(
    points.map(({ matrix }) => matrix),
    (drawn) => drawn.filter(isSlowest).length,
  );
  const which = points.filter(({ matrix }) => isSlowest(medians(matrix))).map(shortName);
  return judge(
    count,
    { above: 0, below: points.length / 2 },
    `Kernels of ${points.length} on which ${wavm} is the slowest, in the short runs that were measured: ${which.length === 0 ? "none" : which.join(", ")}. Reproduced means at least one and fewer than half.`,
  );
}

function worst(evidence: Evidence, lucet: string): Finding {
  const others = [...evidence.arms.values()].filter((arm) => arm !== lucet);
  const points = pointsWith(evidence.ofClasses("fig5", LONG), lucet, ...others);
  if (points.length === 0 || others.length < 2) return none();
  const smallest = (drawn: readonly Medians[]): number =>
    Math.min(...others.map((other) => meanRatio(drawn, lucet, other)));
  const matrices = points.map(({ matrix }) => matrix);
  const drawnOnce = matrices.map((matrix) => medians(matrix));
  const next = others.reduce((a, b) =>
    meanRatio(drawnOnce, lucet, b) < meanRatio(drawnOnce, lucet, a) ? b : a,
  );
  return judge(
    estimate(matrices, smallest),
    { above: 1 },
    `Time of ${lucet} over ${next}, the one that it does worst against, in runs of ten seconds; geometric mean of ${points.length} kernels.`,
  );
}
