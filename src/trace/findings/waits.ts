import type { ObservedFunction, ObservedSyscall } from "../observation.ts";
import { baselineOf } from "./baseline.ts";
import { asksToWait, eachCall, enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { countOf, namesOf, ofKind } from "./syscall-kinds.ts";
import { perCall, time } from "./words.ts";

/** These wait for data, which a read may have to. */
const forData = /^(?:e?poll|p?select)/;

/** Threads of Go's take turns behind each long system call, which costs little of its time. */
const leastFactor = 1.2;

/** Finds functions that wait in the kernel, for a lock, a thread or a time, though the program asked for work. */
export function waits(sight: Sight): Remark | undefined {
  const { fn } = sight;
  if (fn.calls < enoughCalls || asksToWait(fn.name)) return undefined;
  const waiting = waitsOf(fn);
  const count = countOf(waiting);
  const usual = baselineOf(sight, (other) => countOf(waitsOf(other)));
  if (count / fn.calls < eachCall || count < 1.5 * (usual?.value ?? 0)) return undefined;
  const waitedNs = waiting.reduce((sum, { timeNs }) => sum + timeNs, 0);
  // As if the rest were all that there is; nothing takes less than a system call.
  const factor = fn.timeNs / Math.max(fn.timeNs - waitedNs, 100 * fn.calls);
  if (factor < leastFactor) return undefined;
  const sleeps = waiting.some(({ name }) => name.endsWith("nanosleep"));
  return {
    kind: "waits",
    evidence: `${perCall(waiting, fn.calls)} a call, ${time(waitedNs / fn.calls)} of ${time(fn.timeNs / fn.calls)} in them`,
    cause: sleeps
      ? "it sleeps before it does the work or while it waits for it"
      : "it waits for another thread or for a lock that another one holds",
    factor,
    syscalls: namesOf(waiting),
  };
}

function waitsOf({ syscalls }: ObservedFunction): ObservedSyscall[] {
  return ofKind(syscalls, "waits").filter(({ name }) => !forData.test(name));
}
