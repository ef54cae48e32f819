import type { Profile } from "../profile/index.ts";
import { subtreeValues } from "../profile/index.ts";
import { walk } from "../profile/walk.ts";

/** Values of one line of one file over the whole profile. */
export interface LineTotal {
  readonly file: string;
  /** One-based. */
  readonly line: number;
  /** What was spent in the line itself. */
  readonly self: number;
  /** What was spent while the line was on the stack, counted once where it is on it more often. */
  readonly total: number;
}

/** Adds up the primary value of each line; frames without file or line are in none. */
export function lineTotals(profile: Profile): LineTotal[] {
  const { frames, nodeFrames, parents, primary, selfValues } = profile;
  const places = new Map<string, number>();
  const lines: { file: string; line: number; self: number; total: number }[] = [];
  const lineOfFrame = frames.map(({ file, line }) => {
    if (file === undefined || line === undefined) return -1;
    const key = `${line} ${file}`;
    const known = places.get(key) ?? lines.push({ file, line, self: 0, total: 0 }) - 1;
    places.set(key, known);
    return known;
  });
  const inclusive = subtreeValues(profile, primary);
  const onStack = new Int32Array(lines.length);
  walk(
    parents,
    (node) => {
      const at = lineOfFrame[nodeFrames[node]!]!;
      if (at === -1) return;
      lines[at]!.self += selfValues[primary]![node]!;
      if (onStack[at]!++ === 0) lines[at]!.total += inclusive[node]!;
    },
    (node) => {
      const at = lineOfFrame[nodeFrames[node]!]!;
      if (at !== -1) onStack[at]!--;
    },
  );
  return lines;
}
