import { ProfileBuilder } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import { estimateTimes } from "./estimate.ts";
import type { TimedRun } from "./regions.ts";

/** Makes a profile of a timed run: calls, which are exact, and nanoseconds, some of which are estimates. */
export function timeProfile(
  run: TimedRun,
  module: Profile["module"],
  frameOf: (funcIndex: number) => Frame,
  notes: readonly string[] = [],
): Profile {
  const { stacks, measured } = estimateTimes(run);
  const builder = new ProfileBuilder({
    module,
    mode: "time",
    valueTypes: [
      { name: "calls", unit: "count" },
      { name: "time", unit: "nanoseconds" },
    ],
    primary: 1,
    notes,
  });
  const frames = new Map<number, number>();
  const frameIndex = (func: number): number => {
    const known = frames.get(func);
    if (known !== undefined) return known;
    const index = builder.frame({
      ...frameOf(func),
      ...(func < run.importedFunctions ? { host: true } : {}),
      ...(measured[func] === 0 ? { estimated: true } : {}),
    });
    frames.set(func, index);
    return index;
  };
  for (const { functions, calls, timeNs } of stacks) {
    const stack =
      functions.length === 0
        ? [builder.frame({ name: "(host)", host: true })]
        : functions.map(frameIndex);
    builder.addAll(builder.stack(stack), [calls, timeNs]);
  }
  return builder.build();
}
