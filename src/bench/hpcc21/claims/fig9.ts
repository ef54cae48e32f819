import { estimate, medians, ratio } from "../../analysis/matrix.ts";
import { shortName } from "../../analysis/points.ts";
import type { Evidence } from "../evidence.ts";
import { judge, untestable } from "./claim.ts";
import type { Claim, Finding } from "./claim.ts";

/** The claims about five functions for the edge (Fig. 9). */
export const fig9Claims: readonly Claim[] = [
  {
    id: "fig9-no-best",
    claim: "No runtime is the fastest on all five functions.",
    where: "Fig. 9",
    evaluate: noBest,
  },
  {
    id: "fig9-over-a-second",
    claim: "Functions that take more than a second are better off in the cloud than at the edge.",
    where: "Fig. 9",
    evaluate: () =>
      untestable(
        "An opinion about where to run what: it depends on networks and prices, which are not measured here.",
      ),
  },
];

/** For every arm, looks for the function on which it is farthest behind; the smallest of these is the effect. */
function noBest(evidence: Evidence): Finding {
  const arms = [...evidence.arms.values()];
  const points = evidence
    .ofClasses("fig9")
    .filter(({ matrix }) => matrix.arms.length === arms.length);
  if (arms.length < 2) return untestable(evidence.lacking(["wasmtime", "node"]));
  if (points.length < 2)
    return untestable("Too few blocks were measured: at least five are needed.");
  const behind = arms.map((arm) => {
    const gaps = points.map((point) => {
      const others = [...medians(point.matrix)].filter(([name]) => name !== arm);
      const best = others.reduce((a, b) => (b[1] < a[1] ? b : a))[0];
      const gap = estimate([point.matrix], ([drawn]) => ratio(drawn!, arm, best));
      return { arm, best, gap, name: shortName(point) };
    });
    return gaps.reduce((a, b) => (b.gap.estimate > a.gap.estimate ? b : a));
  });
  const nearest = behind.reduce((a, b) => (b.gap.estimate < a.gap.estimate ? b : a));
  return judge(
    nearest.gap,
    { above: 1 },
    `Even ${nearest.arm}, the most even of ${arms.length} runtimes, takes this many times as long as ${nearest.best} on ${nearest.name} (${points.length} functions).`,
  );
}
