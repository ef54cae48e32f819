import { groupByFunction } from "./frames.ts";
import type { Frame, Profile } from "./model.ts";
import { walk } from "./walk.ts";

/** Returns the sum over all nodes, one a value type. Sums above 2^53 lose their last digits. */
export function totalValues(profile: Profile): number[] {
  return profile.selfValues.map((column) => column.reduce((sum, value) => sum + value, 0));
}

/** Returns for each node the sum of one column over the node and everything below it. */
export function subtreeValues(profile: Profile, column: number): Float64Array {
  const sums = Float64Array.from(profile.selfValues[column]!);
  const { parents } = profile;
  for (let node = sums.length - 1; node >= 0; node--) {
    const parent = parents[node]!;
    if (parent !== -1) sums[parent]! += sums[node]!;
  }
  return sums;
}

/** Says whether some node has a parent, so that inclusive totals say more than the own values. */
export function hasStacks(profile: Profile): boolean {
  return profile.parents.some((parent) => parent !== -1);
}

/** The values of one function over the whole profile, one a value type. */
export interface FunctionTotal {
  /** The first of the function's frames; its line, if any, is just one of the function's lines. */
  readonly frame: Frame;
  /** What was spent in the function itself. */
  readonly self: readonly number[];
  /** What was spent while the function was on the stack, counted once where it calls itself. */
  readonly total: readonly number[];
}

/** Adds up the values of each function, in order of first appearance among the frames. */
export function functionTotals(profile: Profile): FunctionTotal[] {
  const { functions, functionOfFrame } = groupByFunction(profile.frames);
  const { nodeFrames, selfValues } = profile;
  const inclusive = selfValues.map((_, column) => subtreeValues(profile, column));
  const self = selfValues.map(() => new Float64Array(functions.length));
  const total = selfValues.map(() => new Float64Array(functions.length));
  const onStack = new Int32Array(functions.length);
  walk(
    profile.parents,
    (node) => {
      const index = functionOfFrame[nodeFrames[node]!]!;
      const outermost = onStack[index]!++ === 0;
      for (let column = 0; column < selfValues.length; column++) {
        self[column]![index]! += selfValues[column]![node]!;
        if (outermost) total[column]![index]! += inclusive[column]![node]!;
      }
    },
    (node) => {
      onStack[functionOfFrame[nodeFrames[node]!]!]!--;
    },
  );
  return functions.map((frame, index) => ({
    frame,
    self: self.map((column) => column[index]!),
    total: total.map((column) => column[index]!),
  }));
}
