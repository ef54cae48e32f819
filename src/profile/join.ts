import { addTree, ProfileBuilder } from "./builder.ts";
import type { Frame, Profile } from "./model.ts";
import { ProfileError } from "./profile-error.ts";
import { printable } from "./printable.ts";
import { shortName } from "./short-name.ts";
import { functionTotals } from "./totals.ts";

/** The columns of a joined profile. */
const columns = ["calls", "instructions", "samples", "time"] as const;

/**
 * Puts the counts of an exact profile beside the times of a sampled one of the same module: columns `calls`,
 * `instructions`, `samples` and `time`, of which time weighs. Counts stand where the exact profile has them.
 * Throws a `ProfileError` when a column is missing.
 */
export function joinProfiles(sampled: Profile, exact: Profile): Profile {
  const valueTypes = columns.map((name) => {
    const type = [...exact.valueTypes, ...sampled.valueTypes].find((one) => one.name === name);
    if (type === undefined) throw new ProfileError(`no column ${name} to join`);
    return type;
  });
  const builder = new ProfileBuilder({
    module: sampled.module,
    mode: "sample",
    valueTypes,
    primary: columns.indexOf("time"),
    notes: [...sampled.notes, ...exact.notes],
  });
  for (const profile of [sampled, exact]) {
    const zeros = new Float64Array(profile.parents.length);
    const selfValues = columns.map((name) => {
      const at = profile.valueTypes.findIndex((type) => type.name === name);
      return profile.selfValues[at] ?? zeros;
    });
    addTree(builder, { ...profile, selfValues });
  }
  return builder.build();
}

/** How fast a function executes its instructions. */
export interface PaceRow {
  readonly frame: Frame;
  readonly samples: number;
  /** Share of all time, and of all instructions, from 0 to 1. */
  readonly timeShare: number;
  readonly instructionShare: number;
  readonly nsPerInstruction: number;
  /** Whether it takes clearly more of the time than of the instructions. */
  readonly slow: boolean;
}

/** Samples below which a function's time says nothing about it. */
const fewSamples = 20;
const clearly = 1.5;

/** Returns the pace of each function that was sampled often enough, those with most time first; none without both columns. */
export function pacesOf(profile: Profile): PaceRow[] {
  const at = columns.map((name) => profile.valueTypes.findIndex((type) => type.name === name));
  if (at.some((column) => column < 0)) return [];
  const [, instructionsAt, samplesAt, timeAt] = at as [number, number, number, number];
  const guest = functionTotals(profile).filter(({ frame }) => frame.host !== true);
  const sum = (column: number): number => guest.reduce((all, { self }) => all + self[column]!, 0);
  const [allTime, allInstructions] = [sum(timeAt), sum(instructionsAt)];
  return guest
    .filter(({ self }) => self[samplesAt]! >= fewSamples && self[instructionsAt]! > 0)
    .map(({ frame, self }) => {
      const timeShare = self[timeAt]! / allTime;
      const instructionShare = self[instructionsAt]! / allInstructions;
      return {
        frame,
        samples: self[samplesAt]!,
        timeShare,
        instructionShare,
        nsPerInstruction: self[timeAt]! / self[instructionsAt]!,
        slow: timeShare > clearly * instructionShare,
      };
    })
    .toSorted((a, b) => b.timeShare - a.timeShare);
}

/** Sets paces as lines of aligned text. */
export function formatPaces(
  paces: readonly PaceRow[],
  { top, width }: { readonly top: number; readonly width: number },
): string {
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const lines = paces
    .slice(0, top)
    .map((pace) => [
      share(pace.timeShare),
      share(pace.instructionShare),
      pace.nsPerInstruction.toPrecision(3),
      pace.slow ? "slow" : "",
      shortName(printable(pace.frame.name), Math.max(width - 45, 12)),
    ]);
  const header = ["time", "instructions", "ns/instruction", "", "function"];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]!.length)),
  );
  return [header, ...lines]
    .map((line) =>
      line
        .map((cell, column) => (column === 4 ? cell : cell.padStart(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
    .concat("\n");
}
