/** A line of a function and what was booked on it. */
export interface LineValue {
  readonly line: number;
  readonly value: number;
}

/** A line before and the line after that it became; one of them may be missing. */
export type LinePair = readonly [before: LineValue | undefined, after: LineValue | undefined];

/** More pairs than these are not compared one with the other. */
const mostPairs = 4_000_000;

/**
 * Pairs the lines of one function in two builds, both in order. Lines above that were added or removed move all
 * others: when the function has the same shape as before, its lines are paired by their place in it; else
 * so, in order, that the values change as little as possible.
 */
export function pairLines(before: readonly LineValue[], after: readonly LineValue[]): LinePair[] {
  const sameShape =
    before.length === after.length &&
    before.every(({ line }, at) => line - before[0]!.line === after[at]!.line - after[0]!.line);
  if (sameShape) return before.map((one, at) => [one, after[at]]);
  if (before.length * after.length > mostPairs) return pairByNumber(before, after);
  return pairByValue(before, after);
}

function pairByNumber(before: readonly LineValue[], after: readonly LineValue[]): LinePair[] {
  const open = new Map(after.map((one) => [one.line, one]));
  const pairs: LinePair[] = before.map((one) => {
    const other = open.get(one.line);
    open.delete(one.line);
    return [one, other];
  });
  return [...pairs, ...[...open.values()].map((other): LinePair => [undefined, other])];
}

/** Aligns two sequences at the lowest price: a pair costs its change, a line alone its value. */
function pairByValue(before: readonly LineValue[], after: readonly LineValue[]): LinePair[] {
  const width = after.length + 1;
  const costs = new Float64Array((before.length + 1) * width);
  const priceOf = (row: number, column: number): [both: number, left: number, right: number] => {
    const one = before[row];
    const other = after[column];
    const at = row * width + column;
    return [
      one && other ? costs[at + width + 1]! + Math.abs(other.value - one.value) : Infinity,
      one ? costs[at + width]! + Math.abs(one.value) : Infinity,
      other ? costs[at + 1]! + Math.abs(other.value) : Infinity,
    ];
  };
  for (let row = before.length; row >= 0; row--) {
    for (let column = after.length; column >= 0; column--) {
      if (row === before.length && column === after.length) continue;
      costs[row * width + column] = Math.min(...priceOf(row, column));
    }
  }
  const pairs: LinePair[] = [];
  for (let row = 0, column = 0; row < before.length || column < after.length;) {
    const [both, left, right] = priceOf(row, column);
    if (both <= left && both <= right) pairs.push([before[row++], after[column++]]);
    else if (left <= right) pairs.push([before[row++], undefined]);
    else pairs.push([undefined, after[column++]]);
  }
  return pairs;
}
