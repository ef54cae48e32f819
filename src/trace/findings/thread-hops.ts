import { baselineOf } from "./baseline.ts";
import { asksToWait, eachCall, enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { countOf, namesOf, ofKind, workOf } from "./syscall-kinds.ts";
import type { ObservedFunction } from "../observation.ts";
import { number, perCall } from "./words.ts";

/** How much of a function's time is waiting when another thread does its work. */
const leastShare = 0.5;

/**
 * Finds functions whose work another thread does: its system calls, or waiting by the calling thread while others get
 * the processor. Other threads alone prove nothing, since collectors and timers run whenever they like.
 */
export function threadHops(sight: Sight): Remark | undefined {
  const { fn } = sight;
  if (fn.calls < enoughCalls) return undefined;
  const elsewhere = workElsewhere(fn);
  const worked = countOf(elsewhere) / fn.calls;
  // Who sleeps waits for nobody.
  const waits = ofKind(fn.syscalls, "waits").filter(({ name }) => !name.endsWith("nanosleep"));
  const waited = countOf(waits) / fn.calls;
  const hops = (fn.threadHops ?? 0) / fn.calls;
  // Behind a system call that takes long, threads of Go's wait for their turn: not for most of the time.
  const waitedNs = waits.reduce((sum, { timeNs }) => sum + timeNs, 0);
  const forOthers =
    !asksToWait(fn.name) &&
    waited >= eachCall &&
    hops >= eachCall &&
    waitedNs >= leastShare * fn.timeNs;
  const handedOver = worked >= eachCall || forOthers;
  if (!handedOver) return undefined;
  const usual = baselineOf(sight, (other) => countOf(workElsewhere(other)) / other.calls);
  if (usual !== undefined && worked >= eachCall && worked < 1.5 * usual.value) return undefined;
  const seen = [
    ...(worked >= eachCall ? [`${perCall(elsewhere, fn.calls)} a call by other threads`] : []),
    ...(waited > 0.05 ? [`${perCall(waits, fn.calls)} a call by the calling one`] : []),
    ...(hops > 0.05 ? [`${number(hops)} times a call another thread got a processor`] : []),
  ];
  return {
    kind: "thread-hops",
    evidence: seen.join("; "),
    cause: "the work is handed to a helper thread, and the calling one waits for its answer",
    factor: timesSlower(sight),
    syscalls: namesOf([...waits, ...elsewhere]),
  };
}

function workElsewhere(fn: ObservedFunction): ObservedFunction["helperSyscalls"] {
  return workOf({ ...fn, syscalls: [] });
}

/** How much longer the load takes in this function than elsewhere: what the hops cost; 2 where there is no other. */
function timesSlower(sight: Sight): number {
  const usualNs = ({ p50Ns, timeNs, calls }: ObservedFunction): number =>
    p50Ns === undefined ? timeNs : p50Ns * calls;
  const usual = baselineOf(sight, usualNs);
  return usual === undefined ? 2 : Math.max(usualNs(sight.fn) / usual.value, 1);
}
