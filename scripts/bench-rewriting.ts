import { median } from "../src/stats/index.ts";
import { valuesOf } from "./bench-records.ts";
import type { BenchRecord } from "./bench-records.ts";

/** What rewriting one module in one way cost; from medians over fresh processes. */
export interface Rewriting {
  readonly workload: string;
  readonly mode: BenchRecord["mode"];
  readonly fileBytes: number;
  readonly codeBytes: number;
  /** Megabytes (10^6) of code section a second of CPU time, in a fresh process. */
  readonly firstMBs: number;
  /** The same once V8 has compiled the rewriter; nothing for other tools, which are programs of their own. */
  readonly warmMBs?: number;
  /** Growth of the peak resident memory as a multiple of the file; nothing for other tools. */
  readonly peakMultiple?: number;
}

/** Summarises the rewriting records, one row a module and mode, in the order in which they were measured. */
export function rewritings(records: readonly BenchRecord[]): Rewriting[] {
  const rewrites = records.filter((r) => r.variant === "rewriter");
  const keys = new Map(rewrites.map((r) => [`${r.workload}\n${r.mode}`, r]));
  return [...keys.values()].flatMap(({ workload, mode }) => {
    const at = { workload, mode, variant: "rewriter" } as const;
    const one = (wanted: Partial<BenchRecord>): number | undefined => {
      const values = valuesOf(rewrites, { ...at, ...wanted });
      return values.length === 0 ? undefined : median(values);
    };
    const fileBytes = one({ event: "file-size" });
    const codeBytes = one({ event: "code-size" });
    const firstUs = one({ phase: "rewrite", event: "cpu-time" });
    const warmUs = one({ phase: "rewrite-warm", event: "cpu-time" });
    const peakBytes = one({ event: "peak-memory" });
    if (fileBytes === undefined || codeBytes === undefined || firstUs === undefined) return [];
    return {
      workload,
      mode,
      fileBytes,
      codeBytes,
      // Bytes a microsecond are megabytes a second.
      firstMBs: codeBytes / firstUs,
      ...(warmUs === undefined ? {} : { warmMBs: codeBytes / warmUs }),
      ...(peakBytes === undefined ? {} : { peakMultiple: peakBytes / fileBytes }),
    };
  });
}
