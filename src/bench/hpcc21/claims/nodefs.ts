import { estimate, meanRatio } from "../../analysis/matrix.ts";
import { pointsOf } from "../../analysis/points.ts";
import type { Point } from "../../analysis/points.ts";
import { emscripten } from "../../emscripten.ts";
import type { Evidence } from "../evidence.ts";
import { nodefsName, nodefsScales } from "../nodefs.ts";
import { judge, untestable } from "./claim.ts";
import type { Claim, Finding } from "./claim.ts";

/** The claim about Emscripten, which the paper leaves out for it. */
export const nodefsClaims: readonly Claim[] = [
  {
    id: "nodefs-slow-files",
    claim: "Programs of Emscripten's are slow at files, which it hands to Node.js by NODEFS.",
    where: "On Emscripten",
    evaluate: slowFiles,
  },
];

/** Both arms, and what whole processes of theirs took for each load. */
export interface NodefsPoints {
  readonly wasi: string;
  readonly nodefs: string;
  readonly points: readonly Point[];
}

/** Gives what was measured of both; undefined when that is nothing. */
export function nodefsPoints({ samples }: Evidence): NodefsPoints | undefined {
  const armOf = (runtime: string): string | undefined =>
    samples.arms.find((arm) => arm.runtime === runtime && arm.tier === "default")?.arm;
  const [wasi, nodefs] = [armOf("node"), armOf(emscripten.name)];
  if (wasi === undefined || nodefs === undefined) return undefined;
  const loads = [...nodefsScales.full.loads, ...nodefsScales.quick.loads];
  const what = { level: "cold", metric: "total", by: "wall" } as const;
  const points = pointsOf(samples, [wasi, nodefs], loads, what).filter(
    ({ matrix }) => matrix.arms.length === 2,
  );
  return points.length === 0 ? undefined : { wasi, nodefs, points };
}

function slowFiles(evidence: Evidence): Finding {
  const found = nodefsPoints(evidence);
  if (found === undefined) {
    return untestable(
      `No five blocks of Emscripten's output were measured: wasmscope reproduce hpcc21 ${nodefsName}.`,
    );
  }
  const { wasi, nodefs, points } = found;
  return judge(
    estimate(
      points.map(({ matrix }) => matrix),
      (drawn) => meanRatio(drawn, nodefs, wasi),
    ),
    { above: 1 },
    `Whole processes with NODEFS take this many times as long as with Node's own WASI, the start of Node in both (geometric mean of ${points.length} loads of files).`,
  );
}
