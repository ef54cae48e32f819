import type { Cost, Tier } from "./bench-child.ts";
import { runGuest } from "./bench-child.ts";
import type { Workload } from "./bench-workloads.ts";

/** Costs of runs that were taken in turn: `plain[i]` right before `instrumented[i]`. */
export interface Pairs {
  readonly plain: readonly Cost[];
  readonly instrumented: readonly Cost[];
}

/**
 * Gives the workload with the output that every run must have: the agreed one, else what the plain module prints, if it
 * prints the same twice. Throws what `runGuest` throws.
 */
export function withOutput(workload: Workload): Workload {
  if (workload.stdoutSha256 !== undefined) return workload;
  const { stdoutSha256 } = runGuest(workload, workload.file, "default");
  const again = runGuest(workload, workload.file, "default");
  return stdoutSha256 === again.stdoutSha256 ? { ...workload, stdoutSha256 } : workload;
}

/** Measures plain and instrumented module in turn. Throws what `runGuest` throws. */
export function measurePairs(
  workload: Workload,
  instrumentedFile: string,
  tier: Tier,
  repetitions: number,
): Pairs {
  const plain: Cost[] = [];
  const instrumented: Cost[] = [];
  for (let i = 0; i < repetitions; i++) {
    plain.push(runGuest(workload, workload.file, tier));
    instrumented.push(runGuest(workload, instrumentedFile, tier));
  }
  return { plain, instrumented };
}
