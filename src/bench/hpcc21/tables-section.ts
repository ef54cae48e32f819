import type { PageSection } from "../../report/index.ts";
import { table1 } from "./paper.ts";

/** Table I with its rates computed anew: nothing is measured for it. */
export function table1Section(): PageSection {
  const percent = (misses: number, hits: number): string =>
    `${((100 * misses) / (misses + hits)).toFixed(2)} %`;
  return {
    id: "table1",
    short: "Table I",
    title: "Table I: recomputed from its own numbers",
    text: [
      "The paper counts misses of the micro-operation cache (DSB) and of the L1 instruction cache. Its columns can be checked against its sentences without a machine: on heat-3D and gemm WAVM misses the DSB more often, not less, and Wasmtime misses the L1I less often throughout. The counters themselves come with another part.",
    ],
    figures: [
      {
        kind: "table",
        title: "Rates of misses",
        caption: "As printed, and as misses over references by the same table's columns.",
        columns: ["kernel", "runtime", "DSB, printed", "DSB, recomputed", "L1I, recomputed"],
        rows: table1.map((row) => [
          row.app,
          row.runtime,
          `${row.dsbMissPercent.toFixed(2)} %`,
          percent(row.dsbMisses, row.dsbHits),
          percent(row.l1iMisses, row.l1iHits),
        ]),
      },
    ],
  };
}

/** The places of what is not made again yet. */
export function laterSection(): PageSection {
  const rows = [
    ["Fig. 6", "machine code of one product, LLVM's against Cranelift's"],
    ["Table I", "counters of the front end by phase"],
    ["Fig. 10, Table II", "choosing the runtime for each request"],
    ["Fig. 11", "cache misses over the caches' sizes"],
    ["Table III", "branch predictors"],
  ] as const;
  return {
    id: "later",
    short: "Not yet",
    title: "Not made again yet",
    text: ["These come with other parts of the project; their claims stand as not testable here."],
    figures: [
      {
        kind: "table",
        title: "Experiments without a measurement",
        caption: "",
        columns: ["where", "what"],
        rows,
      },
    ],
  };
}
