import type { ValueType } from "./model.ts";

const UNITS: Readonly<Record<ValueType["unit"], string>> = {
  count: "",
  nanoseconds: "ns",
  microseconds: "µs",
  milliseconds: "ms",
  seconds: "s",
  bytes: "B",
};

/**
 * Writes a number with commas between groups of three digits, and at most three decimals. Not
 * `toLocaleString`: reports must not depend on where they were made.
 */
export function groupDigits(value: number): string {
  const [whole = "", fraction] = String(Number.isInteger(value) ? value : +value.toFixed(3)).split(
    ".",
  );
  // From 1e21 on numbers are written with an exponent, which has no groups.
  const grouped = whole.includes("e") ? whole : whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Writes a number as `groupDigits` does, always with so many decimals. */
function groupFraction(value: number, decimals: number): string {
  const [whole = "", fraction = ""] = value.toFixed(decimals).split(".");
  return `${groupDigits(Number(whole))}.${fraction}`;
}

const TO_MILLISECONDS: Readonly<Partial<Record<ValueType["unit"], number>>> = {
  nanoseconds: 1e-6,
  microseconds: 1e-3,
  milliseconds: 1,
  seconds: 1e3,
};

/** Gives heading and spelling of a column: times in milliseconds, all else as it is. */
export function columnOf({ name, unit }: ValueType): {
  readonly title: string;
  readonly amount: (value: number) => string;
} {
  const scale = TO_MILLISECONDS[unit];
  if (scale !== undefined) {
    return { title: `${name}, ms`, amount: (value) => groupFraction(value * scale, 3) };
  }
  return {
    title: unit === "bytes" && name !== "bytes" ? `${name}, bytes` : name,
    amount: groupDigits,
  };
}

/** Writes a value with what it counts: `1,234 instructions`, `1 call`, `56 ms`. */
export function formatValue(value: number, type: ValueType): string {
  const counted = value === 1 && type.name.endsWith("s") ? type.name.slice(0, -1) : type.name;
  return `${groupDigits(value)} ${UNITS[type.unit] || counted}`;
}

/** Writes a part of a whole as percent with two decimals; of nothing, everything is 0 %. */
export function formatPercent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (part / whole) * 100).toFixed(2)} %`;
}
