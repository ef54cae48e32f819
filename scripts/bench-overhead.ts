import type { Cost, Tier } from "./bench-child.ts";
import { runGuest } from "./bench-child.ts";
import type { Workload } from "./bench-workloads.ts";

/** Costs of runs that were taken in turn: `plain[i]` right before `instrumented[i]`. */
export interface Pairs {
  readonly plain: readonly Cost[];
  readonly instrumented: readonly Cost[];
}

/**
 * Measures plain and instrumented module in turn, after one run of each that does not count (it fills the page cache
 * and shows at once whether both print the same). Throws what `runGuest` throws.
 */
export function measurePairs(
  workload: Workload,
  files: { readonly plain: string; readonly instrumented: string },
  tier: Tier,
  repetitions: number,
): Pairs {
  const first = runGuest(workload, files.plain, tier);
  // Without an agreed output, the plain module's own is the measure, if it is the same twice.
  const again = runGuest(workload, files.plain, tier);
  const checked =
    first.stdoutSha256 === again.stdoutSha256
      ? { ...workload, stdoutSha256: first.stdoutSha256 }
      : workload;
  runGuest(checked, files.instrumented, tier);
  const plain: Cost[] = [];
  const instrumented: Cost[] = [];
  for (let i = 0; i < repetitions; i++) {
    plain.push(runGuest(checked, files.plain, tier));
    instrumented.push(runGuest(checked, files.instrumented, tier));
  }
  return { plain, instrumented };
}
