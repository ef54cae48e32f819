import type { Profile, ValueType } from "./model.ts";
import { formatValue, groupDigits } from "./numbers.ts";
import { walk } from "./walk.ts";

const MICROSECONDS: Readonly<Record<ValueType["unit"], number | undefined>> = {
  count: undefined,
  bytes: undefined,
  nanoseconds: 1e-3,
  microseconds: 1,
  milliseconds: 1e3,
  seconds: 1e6,
};

// Viewers of times get slow, and their axes odd, when a profile seems to last for weeks.
const LONGEST_US = 1e9;

/** A column as times, for formats that know nothing else. */
export interface TimeScale {
  /** What a value is divided by to get microseconds; counts stay whole as long as this is 1. */
  readonly perMicrosecond: number;
  /** Says what stands for what where the values are no times, as `1 µs is 1,000 instructions`. */
  readonly legend: string | undefined;
}

/** Says which time stands for a value: times are times, and of anything else 1 is a microsecond, or a part of it. */
export function timeScale(type: ValueType, total: number): TimeScale {
  const microseconds = MICROSECONDS[type.unit];
  if (microseconds !== undefined) {
    return { perMicrosecond: 1 / microseconds, legend: undefined };
  }
  let perMicrosecond = 1;
  while (total / perMicrosecond > LONGEST_US) perMicrosecond *= 10;
  const counted =
    type.unit === "bytes"
      ? `${groupDigits(perMicrosecond)} bytes of ${type.name}`
      : formatValue(perMicrosecond, type);
  return { perMicrosecond, legend: `1 µs is ${counted}` };
}

/** Returns the nodes whose own value in a column is not zero, depth first, so that equal callers are neighbours. */
export function weightedNodes(profile: Profile, column: number): number[] {
  const values = profile.selfValues[column]!;
  const nodes: number[] = [];
  walk(profile.parents, (node) => {
    if (values[node] !== 0) nodes.push(node);
  });
  return nodes;
}
