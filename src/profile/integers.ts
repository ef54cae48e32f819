import type { Profile, ValueType } from "./model.ts";

const NANOSECONDS: Partial<Record<ValueType["unit"], number>> = {
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};

/** A column for formats that know whole numbers only. */
export interface IntegerColumn {
  readonly type: ValueType;
  readonly values: Float64Array;
}

/** Rounds a column to whole numbers; times with fractions become nanoseconds first, so that little is lost. */
export function integerColumn(profile: Profile, column: number): IntegerColumn {
  const type = profile.valueTypes[column]!;
  const values = profile.selfValues[column]!;
  if (values.every(Number.isInteger)) return { type, values };
  const scale = NANOSECONDS[type.unit];
  return {
    type: scale === undefined ? type : { name: type.name, unit: "nanoseconds" },
    values: values.map((value) => Math.round(value * (scale ?? 1))),
  };
}
