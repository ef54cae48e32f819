import type { BenchRecord } from "./bench-records.ts";
import { selectRecords } from "./bench-records.ts";
import type { Mode } from "./bench-transforms.ts";

/** Gives how many times larger each workload became in a mode, by its file or its code section alone. */
export function codeGrowth(
  records: readonly BenchRecord[],
  mode: Mode,
  event: "file-size" | "code-size",
): number[] {
  return selectRecords(records, { mode, event, phase: "size", variant: "instrumented" }).map(
    ({ workload }) => growthOf(records, workload, mode, event) ?? Number.NaN,
  );
}

/** Gives how many times larger one workload became; nothing when it was not measured. */
export function growthOf(
  records: readonly BenchRecord[],
  workload: string,
  mode: Mode,
  event: "file-size" | "code-size",
): number | undefined {
  const size = (variant: "plain" | "instrumented"): number =>
    Number(selectRecords(records, { workload, mode, event, phase: "size", variant })[0]?.value);
  const ratio = size("instrumented") / size("plain");
  return Number.isNaN(ratio) ? undefined : ratio;
}
