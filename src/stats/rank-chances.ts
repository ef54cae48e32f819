import { normalCdf } from "./normal.ts";

// Exact chances are sums over all rank sums: beyond these sizes the normal approximation is right to three digits.
const exactPairs = 120;
const exactProduct = 900;
const known = new Map<string, Float64Array>();

/** Gives P(W <= k) for every k, where W is the signed-rank sum of `n` differences that have no tendency (Wilcoxon). */
export function signedRankChances(n: number): Float64Array {
  return remember(`${n}`, () => {
    const largest = (n * (n + 1)) / 2;
    if (n > exactPairs) {
      return normalChances(largest, largest / 2, Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24));
    }
    const chances = new Float64Array(largest + 1);
    chances[0] = 1;
    // Rank r is in the sum or not, with equal chances; from the top, so that each is added once.
    for (let rank = 1; rank <= n; rank++) {
      for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum--) {
        chances[sum] = ((chances[sum] ?? 0) + (chances[sum - rank] ?? 0)) / 2;
      }
    }
    return cumulative(chances);
  });
}

/** Gives P(U <= k) for every k, where U counts the pairs of an `a` above a `b` of two alike samples (Mann, Whitney). */
export function rankSumChances(a: number, b: number): Float64Array {
  return remember(`${a},${b}`, () => {
    const largest = a * b;
    if (largest > exactProduct) {
      return normalChances(largest, largest / 2, Math.sqrt((a * b * (a + b + 1)) / 12));
    }
    // Ways to choose `a` of a + b ranks by their sum: Gauss's binomial, product of (1 - q^(b+i)) / (1 - q^i).
    const ways = new Float64Array(largest + 1);
    ways[0] = 1;
    for (let i = 1; i <= a; i++) {
      for (let sum = largest; sum >= b + i; sum--) ways[sum]! -= ways[sum - b - i]!;
      for (let sum = i; sum <= largest; sum++) ways[sum]! += ways[sum - i]!;
    }
    const all = ways.reduce((sum, count) => sum + count, 0);
    return cumulative(ways.map((count) => count / all));
  });
}

/** Gives the largest k with P(X < k) <= tail: the k-th smallest and largest bound the interval; 0 when there is none. */
export function rankCut(chances: Float64Array, tail: number): number {
  const first = chances.findIndex((chance) => chance > tail * (1 + 1e-12));
  return first < 0 ? chances.length - 1 : first;
}

function remember(key: string, make: () => Float64Array): Float64Array {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function cumulative(chances: Float64Array): Float64Array {
  let sum = 0;
  return chances.map((chance) => (sum += chance));
}

function normalChances(largest: number, mean: number, deviation: number): Float64Array {
  // Half a step on: the sums are whole numbers.
  return new Float64Array(largest + 1).map((_, k) => normalCdf((k + 0.5 - mean) / deviation));
}
