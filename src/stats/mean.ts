/** Gives the arithmetic mean. Throws a RangeError without samples. */
export function mean(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError("no samples");
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** Gives the standard deviation of a sample (divisor n - 1). Throws a RangeError for fewer than two samples. */
export function standardDeviation(samples: readonly number[]): number {
  if (samples.length < 2) throw new RangeError("a deviation needs two samples");
  const middle = mean(samples);
  const squares = samples.reduce((sum, sample) => sum + (sample - middle) ** 2, 0);
  return Math.sqrt(squares / (samples.length - 1));
}

/**
 * Gives the geometric mean, the right mean for ratios: that of the inverse ratios is the inverse mean. Throws a
 * RangeError without samples or when one is not above zero.
 */
export function geometricMean(samples: readonly number[]): number {
  const wrong = samples.find((sample) => !(sample > 0));
  if (wrong !== undefined) throw new RangeError(`a ratio is above zero, found ${wrong}`);
  // Through logarithms, since the plain product overflows.
  return Math.exp(mean(samples.map(Math.log)));
}
