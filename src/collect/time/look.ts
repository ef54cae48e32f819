import type { Profile } from "../../profile/index.ts";
import { sampledStacks } from "../../runtimes/index.ts";
import type { GuestEnd, NodeGuest, SampledStack, Sampling } from "../../runtimes/index.ts";
import type { OriginalPlaces } from "../exact/original-places.ts";
import type { ProfileRun, RunningGuest } from "../exact/profile-run.ts";
import type { TimeProfiler } from "./profiler.ts";

/** A guest that is being timed. */
export interface TimedGuestParts {
  readonly guest: NodeGuest;
  readonly profiler: TimeProfiler;
  /** Says who samples, once somebody does. */
  readonly sampling: () => Sampling | undefined;
  /** Samples so far; the newest are put there at each look. */
  readonly samples: SampledStack[];
  readonly places: OriginalPlaces;
}

/** Reads the times of a guest in the middle of its run: calls that are open have their time so far. */
export function lookInto(
  { guest, profiler, sampling, samples, places }: TimedGuestParts,
  finish: (end: GuestEnd, notes: readonly string[]) => ProfileRun,
): RunningGuest {
  const ask = (
    reason: Extract<GuestEnd, { kind: "stopped" }>["reason"],
    notes: readonly string[],
  ): ProfileRun | undefined => {
    const frames = guest.stack();
    if (isBooking() || !places.isOriginal(frames[0])) return undefined;
    profiler.core.settle();
    const seen = sampling()?.take();
    if (seen !== undefined) samples.push(...sampledStacks(seen));
    return finish({ kind: "stopped", reason, frames }, notes);
  };
  return {
    snapshot: (): Profile | undefined => {
      const run = ask("interrupt", []);
      // The time that the look took belongs to nobody.
      if (run !== undefined) profiler.core.restart();
      return run?.profile;
    },
    stop: (reason, note) => ask(reason, [note]),
  };
}

/**
 * Says whether the tree or a switch is just being changed: then a function of the core stands on the stack. A flag
 * would have to be set and cleared at each timed call.
 */
function isBooking(): boolean {
  return /\/wasmscope_|\/time-core\.[jt]s/.test(new Error("who is at work").stack ?? "");
}
