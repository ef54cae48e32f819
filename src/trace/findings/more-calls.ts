import { ofOthers } from "./baseline.ts";
import { enoughCalls, native } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { number } from "./words.ts";

/** The same module asks the same: a tenth more is what a program does once more at an end, at small sizes. */
const leastFactor = 1.1;

/**
 * Finds functions that the same program had to call more often than on other runtimes: they do less at a time than
 * they were asked for.
 */
export function moreCalls(sight: Sight): Remark | undefined {
  const { fn, at } = sight;
  if (fn.calls < enoughCalls || at.observation.runtime === native) return undefined;
  const baseline = ofOthers(sight, ({ calls }) => calls);
  if (baseline === undefined || fn.calls < leastFactor * baseline.value) return undefined;
  return {
    kind: "more-calls",
    evidence: `${number(fn.calls)} calls for what takes ${number(baseline.value)} on ${baseline.whose}`,
    cause:
      "it does less than it is asked for at a time, such as the first of several buffers, and the program asks for the rest",
    factor: fn.calls / baseline.value,
  };
}
