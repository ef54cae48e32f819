import type { Interval } from "../../../stats/index.ts";
import type { ClassName } from "../classes.ts";
import type { Evidence } from "../evidence.ts";

/** What became of a claim on this machine. */
export type Verdict = "reproduced" | "not reproduced" | "not testable here";

/** What measurements, or the paper's own numbers, say of a claim. */
export interface Finding {
  readonly verdict: Verdict;
  /** The effect in the unit that `evidence` names, with its 95 % interval. */
  readonly effect?: number;
  readonly interval?: Pick<Interval, "low" | "high" | "level">;
  /** One or two sentences: what the effect is, and what it follows from. */
  readonly evidence: string;
}

/** One claim of the paper. */
export interface Claim {
  readonly id: string;
  /** In our words. */
  readonly claim: string;
  /** Where the paper says so. */
  readonly where: string;
  /** Judges it by what was measured. */
  readonly evaluate: (evidence: Evidence) => Finding;
}

/** A claim with what was found, as `--json` prints it. */
export interface LedgerEntry {
  readonly id: string;
  readonly claim: string;
  readonly where: string;
  readonly verdict: Verdict;
  readonly effect: number | null;
  readonly interval: Pick<Interval, "low" | "high" | "level"> | null;
  readonly evidence: string;
}

/** Puts down what was found about a claim. */
export function ledgerEntry(
  { id, claim, where }: Pick<Claim, "id" | "claim" | "where">,
  { verdict, effect, interval, evidence }: Finding,
): LedgerEntry {
  return {
    id,
    claim,
    where,
    verdict,
    effect: effect ?? null,
    interval: interval ?? null,
    evidence,
  };
}

/** Says that a claim cannot be tested here, and why. */
export function untestable(evidence: string): Finding {
  return { verdict: "not testable here", evidence };
}

/** Judges by an interval: reproduced only when all of it lies where the claim wants the effect. */
export function judge(
  { estimate, low, high, level }: Interval,
  wanted: { readonly above?: number; readonly below?: number },
  evidence: string,
): Finding {
  const { above = -Infinity, below = Infinity } = wanted;
  const holds = low > above && high < below;
  const contrary = high <= above || low >= below;
  const doubt = holds || contrary ? "" : " The interval does not exclude the contrary.";
  return {
    verdict: holds ? "reproduced" : "not reproduced",
    effect: estimate,
    interval: { low, high, level },
    evidence: evidence + doubt,
  };
}

/** Runs a judgement only where all of these classes of runtimes were measured. */
export function withClasses(
  evidence: Evidence,
  names: readonly ClassName[],
  then: (...arms: string[]) => Finding,
): Finding {
  const lacking = names.filter((name) => evidence.arms.get(name) === undefined);
  if (lacking.length > 0) return untestable(evidence.lacking(lacking));
  return then(...names.map((name) => evidence.arms.get(name)!));
}
