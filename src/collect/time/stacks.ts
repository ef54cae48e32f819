import type { SampledStack } from "../../runtimes/index.ts";
import type { Module } from "../../wasm/index.ts";
import type { Stack } from "./regions.ts";

/** V8 keeps this many frames of a stack, the innermost ones; of others the outermost function is not known. */
const mostFrames = 255;

/**
 * Says which functions stand on sampled stacks: indices of the original module, the outermost first.
 *
 * @param module The instrumented module, whose offsets the samples have.
 * @param original The module that was instrumented: functions that were added are left out.
 * @param isTimed Says whether a function's calls are timed, so that each of them has two frames.
 */
export function functionStacks(
  samples: readonly SampledStack[],
  module: Module,
  original: Pick<Module, "importedFunctions" | "functions">,
  isTimed: (funcIndex: number) => boolean,
): Stack[] {
  const { entryStart, end } = module.bodies;
  const defined = original.functions.length - original.importedFunctions;
  const functionAt = (offset: number): number => {
    let low = 0;
    let high = end.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (end[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low < defined && entryStart[low]! <= offset ? original.importedFunctions + low : -1;
  };
  const stacks: Stack[] = [];
  for (const { offsets, hits } of samples) {
    if (offsets.length >= mostFrames) continue;
    const functions: number[] = [];
    let again = 0;
    for (const offset of offsets) {
      const func = functionAt(offset);
      if (func < 0) continue;
      again = func === functions.at(-1) ? again + 1 : 0;
      if (again > 0 && isTimed(func)) {
        // The second frame of a timed call; one more of them is the next call.
        again = -1;
        continue;
      }
      functions.push(func);
    }
    stacks.push({ functions, hits });
  }
  return stacks;
}
