import { mean } from "../../../stats/index.ts";
import { estimate, matrixOf, meanRatio } from "../../analysis/matrix.ts";
import type { Medians } from "../../analysis/matrix.ts";
import { pointsWith } from "../../analysis/points.ts";
import type { Blocks } from "../../analysis/samples.ts";
import type { Evidence } from "../evidence.ts";
import { judge, untestable, withClasses } from "./claim.ts";
import type { Claim, Finding } from "./claim.ts";

/** The claims about one cold call against fifty in a row (Fig. 7). */
export const fig7Claims: readonly Claim[] = [
  {
    id: "fig7-wavm-slower-cold",
    claim: "In one cold call WAVM is slower than Wasmtime.",
    where: "Fig. 7a",
    evaluate: (evidence) =>
      wavmOverWasmtime(evidence, "engine-total", { above: 1 }, "Time of one cold call"),
  },
  {
    id: "fig7-wavm-three-times",
    claim: "In one cold call WAVM takes about three times as long as Wasmtime.",
    where: "Fig. 7a",
    evaluate: (evidence) =>
      wavmOverWasmtime(
        evidence,
        "engine-total",
        { above: 2, below: 4.5 },
        "Reproduced means between 2 and 4.5: time of one cold call",
      ),
  },
  {
    id: "fig7-wavm-startup",
    claim: "What makes WAVM slow in a cold call is its start-up.",
    where: "Fig. 7a",
    evaluate: (evidence) =>
      wavmOverWasmtime(evidence, "startup", { above: 1 }, "Start-up (reading and compiling)"),
  },
  {
    id: "fig7-wavm-wins-fifty",
    claim: "Over fifty calls in a row WAVM is faster than Wasmtime.",
    where: "Fig. 7b",
    evaluate: (evidence) =>
      wavmOverWasmtime(
        evidence,
        "engine-total-50",
        { below: 1 },
        "Time of fifty calls, start-up included",
      ),
  },
  {
    id: "fig7-execution-dominates",
    claim: "Over fifty calls in a row, execution and not start-up makes up most of the time.",
    where: "Fig. 7b",
    evaluate: executionDominates,
  },
];

function wavmOverWasmtime(
  evidence: Evidence,
  metric: string,
  wanted: { above?: number; below?: number },
  what: string,
): Finding {
  return withClasses(evidence, ["wavm", "wasmtime"], (wavm, wasmtime) => {
    const points = pointsWith(evidence.ofClasses("fig7", metric), wavm, wasmtime);
    if (points.length === 0) return untestable("Too few blocks were measured: at least five.");
    const ratio = estimate(
      points.map(({ matrix }) => matrix),
      (drawn) => meanRatio(drawn, wavm, wasmtime),
    );
    return judge(
      ratio,
      wanted,
      `${what}, ${wavm} over ${wasmtime}: mean of ${points.length} kernels.`,
    );
  });
}

/** The share of execution in fifty calls, of the runtime where it is smallest. */
function executionDominates(evidence: Evidence): Finding {
  const shares = [...evidence.arms.values()].flatMap((arm) => {
    const matrices = evidence.points("fig7", [arm], "execution-50").map(({ module, size }) => {
      const of = (metric: string): Blocks =>
        evidence.samples.blocks(arm, { module, size, level: "cold", metric, by: "wall" });
      // Parts of one run: their blocks are drawn together.
      return matrixOf(
        new Map([
          ["startup", of("startup")],
          ["execution", of("execution-50")],
        ]),
      );
    });
    if (matrices.length === 0) return [];
    const share = (drawn: readonly Medians[]): number =>
      mean(
        drawn.map((point) => {
          const [startup, execution] = [point.get("startup")!, point.get("execution")!];
          return execution / (startup + execution);
        }),
      );
    return [{ arm, kernels: matrices.length, share: estimate(matrices, share) }];
  });
  if (shares.length === 0) {
    return untestable("No runtime was measured with fifty calls in a row in five blocks.");
  }
  const least = shares.reduce((a, b) => (b.share.estimate < a.share.estimate ? b : a));
  return judge(
    least.share,
    { above: 0.5 },
    `Share of execution in fifty calls, mean of ${least.kernels} kernels, of ${least.arm}: the smallest of ${shares.length} runtimes.`,
  );
}
