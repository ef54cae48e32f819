import type { Frame, Profile } from "./model.ts";
import { subtreeValues } from "./totals.ts";
import { walk } from "./walk.ts";

/** What one line of a source file cost. */
export interface LineTotal {
  readonly file: string;
  /** One-based. */
  readonly line: number;
  /** The functions that ran there, by name, the one that spent most first. */
  readonly functions: readonly string[];
  /** What was spent in the line itself, in the primary column. */
  readonly self: number;
  /** The same with what was spent in functions called or inlined there, counted once in recursion. */
  readonly total: number;
}

interface Sums {
  readonly file: string;
  readonly line: number;
  readonly byFunction: Map<string, number>;
  self: number;
  total: number;
  onStack: number;
}

/**
 * Adds up the primary values of each source line, the highest own value first; empty where the frames of the
 * profile carry no lines.
 */
export function lineTotals(profile: Profile): LineTotal[] {
  const { frames, nodeFrames, parents, primary } = profile;
  const lines = new Map<string, Sums>();
  const ofFrame = frames.map((frame) => sumsOf(frame, lines));
  const self = profile.selfValues[primary]!;
  const inclusive = subtreeValues(profile, primary);
  walk(
    parents,
    (node) => {
      const frame = nodeFrames[node]!;
      const sums = ofFrame[frame];
      if (sums === undefined) return;
      if (sums.onStack++ === 0) sums.total += inclusive[node]!;
      sums.self += self[node]!;
      const { name } = frames[frame]!;
      sums.byFunction.set(name, (sums.byFunction.get(name) ?? 0) + self[node]!);
    },
    (node) => {
      const sums = ofFrame[nodeFrames[node]!];
      if (sums !== undefined) sums.onStack--;
    },
  );
  return [...lines.values()]
    .filter(({ total }) => total !== 0)
    .toSorted(
      (a, b) =>
        b.self - a.self || b.total - a.total || compareText(a.file, b.file) || a.line - b.line,
    )
    .map(({ file, line, byFunction, self: own, total }) => ({
      file,
      line,
      functions: [...byFunction].toSorted(([, a], [, b]) => b - a).map(([name]) => name),
      self: own,
      total,
    }));
}

function sumsOf({ file, line }: Frame, lines: Map<string, Sums>): Sums | undefined {
  if (file === undefined || line === undefined) return undefined;
  const key = `${line} ${file}`;
  const known = lines.get(key);
  if (known !== undefined) return known;
  const made = { file, line, byFunction: new Map<string, number>(), self: 0, total: 0, onStack: 0 };
  lines.set(key, made);
  return made;
}

/** Not by locale: reports must not depend on where they were made. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
