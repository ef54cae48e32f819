import { growthExponent } from "../stats/index.ts";
import type { Interval } from "../stats/index.ts";
import type { LoadObservation } from "./findings/finding.ts";
import { bytesOf, countOf, syscallKind, workOf } from "./findings/syscall-kinds.ts";
import type { ObservedFunction } from "./observation.ts";

/** How one figure of a function grows with the load's size. */
export interface Growth {
  readonly function: string;
  readonly figure: GrowingFigure;
  /** 1 is in proportion to the size. */
  readonly exponent: Interval;
  /** The figure at each size, the smallest first. */
  readonly points: readonly (readonly [size: number, value: number])[];
}

/**
 * What of a function grows: how many calls, system calls and bytes, how much time. System calls are those that are work,
 * other threads' among them, but none that wait, whose number is chance. `usualNs` is the time if all calls took as long
 * as the median: what a busy machine does to a few of them is not in it.
 */
export type GrowingFigure = "calls" | "syscalls" | "bytes" | "timeNs" | "usualNs" | "syscallNs";

const figures: Readonly<Record<GrowingFigure, (fn: ObservedFunction) => number | undefined>> = {
  calls: ({ calls }) => calls,
  syscalls: (fn) => countOf(workOf(fn).filter(({ name }) => syscallKind(name) !== "waits")),
  bytes: ({ bytes, syscalls }) => bytes ?? bytesOf(syscalls),
  timeNs: ({ timeNs, correctedNs }) => correctedNs ?? timeNs,
  usualNs: ({ calls, p50Ns }) => p50Ns && calls * p50Ns,
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
