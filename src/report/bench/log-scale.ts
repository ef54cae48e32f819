/** A logarithmic axis: where values lie on it, as a share of its length. */
export interface LogScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

/** Makes an axis that holds all of these values (above zero), with a little room on both sides. */
export function logScale(values: readonly number[], wantedTicks: number): LogScale {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  const [least, most] = known.length === 0 ? [1, 10] : [Math.min(...known), Math.max(...known)];
  // An axis of nearly equal values would show noise as large.
  const room = Math.max(0.05 * Math.log(most / least), Math.log(1.25) / 2);
  const low = Math.exp(Math.log(least) - room);
  const high = Math.exp(Math.log(most) + room);
  const span = Math.log(high / low);
  return {
    low,
    high,
    ticks: ticksOf(low, high, wantedTicks),
    at: (value) => Math.min(1, Math.max(0, Math.log(Math.max(value, low) / low) / span)),
  };
}

/** Digits that make good steps, from coarse to fine. */
const digitSets: readonly (readonly number[])[] = [
  [1],
  [1, 3],
  [1, 2, 5],
  [1, 1.5, 2, 3, 5, 7],
  [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.7, 2, 2.2, 2.5, 2.7, 3, 3.3, 3.6, 4, 4.5, 5, 5.5, 6, 6.5, 7, 8, 9],
];

function ticksOf(low: number, high: number, wanted: number): number[] {
  const all = digitSets.map((digits) => ticksWith(digits, low, high));
  const fitting = all.filter((ticks) => ticks.length <= wanted);
  const best = fitting.at(-1) ?? [];
  if (best.length >= 2) return best;
  // Nothing between too few and too many: every nth of a finer row, or powers of ten in larger steps.
  const finer = all.find((ticks) => ticks.length > wanted) ?? all.at(-1)!;
  return finer.filter((_, at) => at % Math.ceil(finer.length / wanted) === 0);
}

function ticksWith(digits: readonly number[], low: number, high: number): number[] {
  const ticks: number[] = [];
  const last = Math.ceil(Math.log10(high));
  for (let power = Math.floor(Math.log10(low)); power <= last; power++) {
    for (const digit of digits) {
      const tick = Number((digit * 10 ** power).toPrecision(3));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}
