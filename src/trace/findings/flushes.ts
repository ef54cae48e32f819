import { eachCall, enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { countOf, namesOf, ofKind, workOf } from "./syscall-kinds.ts";
import { perCall, time } from "./words.ts";

/** Functions by which programs ask for it. */
const askedFor = /sync$/;

/** Finds functions that force data to the disk though the program did not ask for it. */
export function flushes({ fn }: Sight): Remark | undefined {
  if (fn.calls < enoughCalls || askedFor.test(fn.name)) return undefined;
  const flushing = ofKind(workOf(fn), "flushes");
  if (countOf(flushing) / fn.calls < eachCall) return undefined;
  const flushNs = flushing.reduce((sum, { timeNs }) => sum + timeNs, 0);
  return {
    kind: "flushes",
    evidence: `${perCall(flushing, fn.calls)} a call, ${time(flushNs / fn.calls)} of ${time(fn.timeNs / fn.calls)}`,
    cause:
      "what was written is forced to the disk at once, which the program can ask for and did not",
    factor: fn.timeNs / Math.max(fn.timeNs - flushNs, 100 * fn.calls),
    syscalls: namesOf(flushing),
  };
}
