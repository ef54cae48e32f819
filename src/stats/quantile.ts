/**
 * Gives the quantile `p` (0 to 1) of the samples, with linear interpolation between the two nearest (the default of R and
 * NumPy, "type 7"). Throws a RangeError without samples, for a `p` outside 0 to 1 and for samples that are not numbers.
 */
export function quantile(samples: readonly number[], p: number): number {
  return quantileSorted(sorted(samples), p);
}

/** Gives the median: half of the samples are not above it, half not below. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Gives the quantile of samples that are sorted already (ascending); see `quantile`. */
export function quantileSorted(ascending: readonly number[] | Float64Array, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile lies between 0 and 1, found ${p}`);
  const rank = p * (ascending.length - 1);
  const below = ascending[Math.floor(rank)];
  const above = ascending[Math.ceil(rank)];
  if (below === undefined || above === undefined) throw new RangeError("no samples");
  // Equal neighbours are returned as they are: with infinities the interpolation would give NaN.
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank));
}

/** Gives the median absolute deviation from the median, a spread that single outliers do not move. */
export function medianAbsoluteDeviation(samples: readonly number[]): number {
  const middle = median(samples);
  return median(samples.map((sample) => Math.abs(sample - middle)));
}

// A typed array sorts by number without a comparator, and puts NaN last, where it is found at once.
function sorted(samples: readonly number[]): Float64Array {
  const ascending = Float64Array.from(samples).toSorted();
  if (Number.isNaN(ascending.at(-1))) throw new RangeError("a sample is not a number");
  return ascending;
}
