import type { Ranged, Unit } from "./figure.ts";

const steps: Readonly<Record<Unit, readonly (readonly [factor: number, unit: string])[]>> = {
  ns: [
    [1e9, "s"],
    [1e6, "ms"],
    [1e3, "µs"],
    [1, "ns"],
  ],
  bytes: [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
    [1, "B"],
  ],
  count: [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
    [1, ""],
  ],
  ratio: [[1, "×"]],
};

/** Spells a value with three digits and its unit, as in `1.23 ms` or `0.87×`. */
export function spell(value: number, unit: Unit): string {
  // What is counted comes whole.
  if (unit === "count" && Number.isInteger(value) && value < 1e4) return String(value);
  const [factor, name] = stepOf(value, unit);
  return join(digits(value / factor), name);
}

/** Spells an interval with one unit, as in `1.20 to 1.31 ms`; empty without ends. */
export function spellRange({ low, high }: Ranged, unit: Unit): string {
  // What is divided by itself has no interval.
  if (low === undefined || high === undefined || low === high) return "";
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "open";
  const [factor, name] = stepOf(high, unit);
  return `${digits(low / factor)} to ${join(digits(high / factor), name)}`;
}

/** Spells a number for an axis: as short as it is. */
export function spellTick(value: number, unit: Unit): string {
  const [factor, name] = stepOf(value, unit);
  return join(String(Number((value / factor).toPrecision(3))), name);
}

function stepOf(value: number, unit: Unit): readonly [number, string] {
  const rows = steps[unit];
  // What rounds to 1000 of a unit is 1 of the next one.
  return rows.find(([factor]) => Math.abs(value) >= factor * 0.9995) ?? rows.at(-1)!;
}

const join = (number: string, unit: string): string =>
  unit === "" || unit === "×" ? `${number}${unit}` : `${number} ${unit}`;

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 9999.5) return value.toFixed(0).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  if (size >= 99.95) return value.toFixed(0);
  if (size >= 9.995) return value.toFixed(1);
  return Number.isInteger(value) && size === 0 ? "0" : value.toFixed(2);
}
