import { crossovers } from "../../analysis/crossover.ts";
import { estimate, medians, ratio } from "../../analysis/matrix.ts";
import type { Matrix, Medians } from "../../analysis/matrix.ts";
import type { Point } from "../../analysis/points.ts";
import type { ClassName } from "../classes.ts";
import type { Evidence } from "../evidence.ts";
import { judge, untestable, withClasses } from "./claim.ts";
import type { Claim, Finding } from "./claim.ts";

/** The claims about matrix products over their size (Fig. 8). Node takes no part there in the paper. */
export const fig8Claims: readonly Claim[] = [
  end(
    "fig8-lucet-best-small",
    "Lucet is the fastest at the smallest size.",
    "lucet",
    "first",
    "best",
  ),
  end(
    "fig8-lucet-worst-large",
    "Lucet is the slowest at the largest size.",
    "lucet",
    "last",
    "worst",
  ),
  end(
    "fig8-wavm-worst-small",
    "WAVM is the slowest at the smallest size.",
    "wavm",
    "first",
    "worst",
  ),
  end("fig8-wavm-best-large", "WAVM is the fastest at the largest size.", "wavm", "last", "best"),
  {
    id: "fig8-wasmtime-balanced",
    claim: "Wasmtime is the most balanced: over all sizes it falls least far behind the fastest.",
    where: "Fig. 8",
    evaluate: (evidence) => withClasses(evidence, ["wasmtime"], (arm) => balanced(evidence, arm)),
  },
  {
    id: "fig8-crossover",
    claim:
      "Code compiled ahead (Lucet) wins at small sizes, LLVM's code (WAVM) at large ones: their curves cross.",
    where: "Fig. 8",
    evaluate: (evidence) =>
      withClasses(evidence, ["lucet", "wavm"], (lucet, wavm) => crossing(evidence, lucet, wavm)),
  },
];

/** The sizes of the sweep with what was measured there, the smallest first. */
export function sweep(evidence: Evidence, arms: readonly string[]): (Point & { n: number })[] {
  return evidence
    .points("fig8", arms)
    .map((point) => ({ ...point, n: sizeOf(point.size) }))
    .filter(({ n }) => Number.isFinite(n))
    .toSorted((a, b) => a.n - b.n);
}

/** Ends of the paper's range that a sweep has to come near, to say something of them. */
const [SMALL, LARGE] = [60, 1000];

function outOfReach(points: readonly { readonly n: number }[]): Finding {
  const range = `from ${points[0]!.n} to ${points.at(-1)!.n}`;
  return untestable(
    `Sizes ${range} were measured in five blocks; ${SMALL} or less and ${LARGE} or more are needed (without --quick).`,
  );
}

/** The manifest's names for sizes of the matrix product. */
const named: Readonly<Record<string, number>> = {
  mini: 30,
  small: 100,
  medium: 300,
  large: 1000,
  extralarge: 2000,
};

function sizeOf(size: string): number {
  return named[size] ?? Number(size);
}

function sweepOfClasses({ arms }: Evidence): string[] {
  return [...arms].filter(([name]) => name !== "node").map(([, arm]) => arm);
}

function end(
  id: string,
  claim: string,
  name: ClassName,
  which: "first" | "last",
  place: "best" | "worst",
): Claim {
  return {
    id,
    claim,
    where: "Fig. 8",
    evaluate: (evidence) =>
      withClasses(evidence, [name], (arm) => {
        const points = sweep(evidence, sweepOfClasses(evidence));
        const point = which === "first" ? points[0] : points.at(-1);
        if (point === undefined) return few();
        const reached = which === "first" ? point.n <= SMALL : point.n >= LARGE;
        return reached ? extreme(point.matrix, point.n, arm, place) : outOfReach(points);
      }),
  };
}

const few = (): Finding => untestable("Too few blocks were measured: at least five are needed.");

/** Compares an arm with the nearest of the others: is it before, or behind, all of them? */
function extreme(matrix: Matrix, n: number, arm: string, place: "best" | "worst"): Finding {
  const others = matrix.arms.filter((other) => other !== arm);
  if (others.length < 1 || !matrix.arms.includes(arm)) return few();
  const point = medians(matrix);
  const nearest = others.reduce((a, b) => {
    const before = point.get(b)! < point.get(a)!;
    return before === (place === "best") ? b : a;
  });
  const effect = estimate([matrix], ([drawn]) => ratio(drawn!, arm, nearest));
  const wanted = place === "best" ? { below: 1 } : { above: 1 };
  const all = `${place === "best" ? "fastest" : "slowest"} of ${others.length} others`;
  return judge(effect, wanted, `Time of ${arm} over ${nearest}, the ${all}, at ${n} x ${n}.`);
}

function balanced(evidence: Evidence, arm: string | undefined): Finding {
  const arms = sweepOfClasses(evidence);
  const points = sweep(evidence, arms).filter(({ matrix }) => matrix.arms.length === arms.length);
  if (points.length < 2 || arms.length < 3)
    return untestable("Three runtimes and two sizes are needed.");
  if (points[0]!.n > SMALL || points.at(-1)!.n < LARGE) return outOfReach(points);
  const regret = (drawn: readonly Medians[], of: string): number =>
    Math.max(...drawn.map((point) => point.get(of)! / Math.min(...point.values())));
  const others = arms.filter((other) => other !== arm);
  const effect = estimate(
    points.map(({ matrix }) => matrix),
    (drawn) => regret(drawn, arm!) / Math.min(...others.map((other) => regret(drawn, other))),
  );
  return judge(
    effect,
    { below: 1 },
    `How far ${arm!} falls behind the fastest where it is worst, over the same of the best other runtime; ${points.length} sizes from ${points[0]!.n} to ${points.at(-1)!.n}.`,
  );
}

function crossing(evidence: Evidence, lucet: string, wavm: string): Finding {
  const points = sweep(evidence, [lucet, wavm]);
  if (points.length < 2) return few();
  const found = crossovers(
    points.map(({ n, matrix }) => ({ size: n, matrix })),
    [lucet, wavm],
  ).filter(({ below }) => below === lucet);
  const range = `between ${points[0]!.n} and ${points.at(-1)!.n}`;
  const [first] = found.filter(({ size }) => Number.isFinite(size.low));
  if (first === undefined && points.at(-1)!.n < LARGE) return outOfReach(points);
  if (first === undefined) {
    return {
      verdict: "not reproduced",
      evidence: `${lucet} and ${wavm} do not surely cross ${range}.`,
    };
  }
  const { estimate: effect, low, high, level } = first.size;
  return {
    verdict: "reproduced",
    effect,
    interval: { low, high, level },
    evidence: `Size n of an n x n product from which on ${wavm} is faster than ${lucet}, ${range}.`,
  };
}
