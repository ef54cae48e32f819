import type { ProfileMode, ValueType } from "./model.ts";

/** All modes, to check what a file says. */
export const profileModes: readonly ProfileMode[] = [
  "calls",
  "insns",
  "blocks",
  "tree",
  "time",
  "sample",
  "host",
  "imported",
];

/** All units of value types, to check what a file says. */
export const valueUnits: readonly ValueType["unit"][] = [
  "count",
  "nanoseconds",
  "microseconds",
  "milliseconds",
  "seconds",
  "bytes",
];
