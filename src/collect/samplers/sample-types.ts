import type { ValueType } from "../../profile/index.ts";

/** The columns of every sampled profile; time weighs. */
export const sampleTypes: {
  readonly valueTypes: readonly ValueType[];
  readonly primary: number;
} = {
  valueTypes: [
    { name: "samples", unit: "count" },
    { name: "time", unit: "nanoseconds" },
  ],
  primary: 1,
};
