import { growthExponent } from "../stats/index.ts";
import type { Interval } from "../stats/index.ts";
import type { ObservedFunction, ObservedSyscall } from "./observation.ts";
import type { LoadObservation } from "./findings/finding.ts";

/** How one figure of a function grows with the load's size. */
export interface Growth {
  readonly function: string;
  readonly figure: GrowingFigure;
  /** 1 is in proportion to the size. */
  readonly exponent: Interval;
  /** The figure at each size, the smallest first. */
  readonly points: readonly (readonly [size: number, value: number])[];
}

/** What of a function grows: how many calls, system calls (other threads' among them) and bytes, how much time. */
export type GrowingFigure = "calls" | "syscalls" | "bytes" | "timeNs" | "syscallNs";

const count = (calls: readonly ObservedSyscall[]): number =>
  calls.reduce((sum, one) => sum + one.count, 0);

const figures: Readonly<Record<GrowingFigure, (fn: ObservedFunction) => number | undefined>> = {
  calls: ({ calls }) => calls,
  syscalls: ({ syscalls, helperSyscalls }) => count(syscalls) + count(helperSyscalls),
  bytes: ({ bytes, syscalls }) => bytes ?? syscalls.reduce((sum, one) => sum + one.bytes, 0),
  timeNs: ({ timeNs, correctedNs }) => correctedNs ?? timeNs,
  syscallNs: ({ syscallNs }) => syscallNs,
};

/**
 * Computes how the figures of each function grow over observations of one load on one runtime at several sizes; none
 * for a figure that is not above zero at two sizes or more.
 */
export function growthOf(series: readonly LoadObservation[]): Growth[] {
  const names = new Set(
    series.flatMap(({ observation }) => observation.functions.map(({ name }) => name)),
  );
  return [...names].flatMap((name) =>
    Object.entries(figures).flatMap(([figure, of]) => {
      const points = series
        .flatMap(({ size, observation }) => {
          const fn = observation.functions.find((one) => one.name === name);
          const value = fn && of(fn);
          return value === undefined ? [] : [[size, value] as const];
        })
        .toSorted(([a], [b]) => a - b);
      const exponent = growthExponent(points);
      return exponent === undefined
        ? []
        : [{ function: name, figure: figure as GrowingFigure, exponent, points }];
    }),
  );
}
