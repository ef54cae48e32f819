import { findExcesses, mergeProfiles, diffProfiles } from "../../profile/index.ts";
import type { Excess, Frame, GrowthLimit, Profile, ProfileDiff } from "../../profile/index.ts";
import { bootstrap, mean } from "../../stats/index.ts";

/** Fewer runs than these say little of how much a program varies. */
const fewRuns = 5;

/**
 * Compares the means of several runs of two builds. What is over a limit is so only when the 99 % bootstrap interval
 * of its growth is, too: times and samples vary. Throws a `ProfileError` for runs that do not belong together.
 */
export function diffRuns(
  before: readonly Profile[],
  after: readonly Profile[],
  limits: readonly GrowthLimit[],
): { readonly diff: ProfileDiff; readonly excesses: readonly Excess[] } {
  const compared = diffProfiles(meanProfile(before), meanProfile(after));
  const excesses = findExcesses(compared, limits).filter((excess) => isSure(excess, before, after));
  const notes = compared.notes.filter((note) => !note.includes("give several profiles"));
  return { diff: { ...compared, notes: [...runNotes(before, after), ...notes] }, excesses };
}

function meanProfile(runs: readonly Profile[]): Profile {
  const merged = runs.reduce((sum, run) => mergeProfiles(sum, run));
  return {
    ...merged,
    selfValues: merged.selfValues.map((column) => column.map((value) => value / runs.length)),
  };
}

function runNotes(before: readonly Profile[], after: readonly Profile[]): string[] {
  const few = Math.min(before.length, after.length) < fewRuns;
  return [
    `Means of ${before.length} and ${after.length} runs; over a limit is what is so with 99 % confidence.`,
    ...(few ? [`Fewer than ${fewRuns} runs say little of how much a program varies.`] : []),
  ];
}

/** Says whether growth is over the limit in nearly all samples that could have been drawn. */
function isSure(
  { frame, limit, before: own }: Excess,
  before: readonly Profile[],
  after: readonly Profile[],
): boolean {
  const whole = limit.functions === undefined ? mean(before.map((run) => valueOf(run))) : own;
  const values = [before, after].map((runs) => runs.map((run) => valueOf(run, frame)));
  const growth = bootstrap(values, ([left = [], right = []]) => mean(right) - mean(left), {
    level: 0.99,
  });
  return growth.low > limit.share * whole;
}

/** Adds up the primary values of one function, by its names, or of the whole profile. */
function valueOf({ frames, nodeFrames, selfValues, primary }: Profile, wanted?: Frame): number {
  const matches = frames.map(
    (frame) =>
      wanted === undefined ||
      (frame.name === wanted.name && (frame.host === true) === (wanted.host === true)),
  );
  return selfValues[primary]!.reduce(
    (sum, value, node) => (matches[nodeFrames[node]!]! ? sum + value : sum),
    0,
  );
}
