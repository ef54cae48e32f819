import type { ObservedSyscall } from "../observation.ts";

const units = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

/** Writes nanoseconds with three digits, in a unit that keeps them few. */
export function time(ns: number): string {
  const [size, unit] = units.find(([least]) => ns >= least) ?? [1, "ns"];
  return `${number(ns / size)} ${unit}`;
}

/** Writes a number with up to three digits. */
export function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

/** How many kinds of system calls a sentence lists. */
const listed = 4;

/** Writes how many of each there are a call, the most frequent first; the rare ones are left out. */
export function perCall(syscalls: readonly ObservedSyscall[], calls: number): string {
  const sums = new Map<string, number>();
  for (const { name, count } of syscalls) sums.set(name, (sums.get(name) ?? 0) + count);
  const frequent = [...sums]
    .filter(([, count]) => count / calls >= 0.05)
    .toSorted(([, a], [, b]) => b - a);
  const shown = frequent
    .slice(0, listed)
    .map(([name, count]) => `${name} ${number(count / calls)}`);
  return shown.length === 0 ? "none" : shown.join(", ");
}
