import { median, medianAbsoluteDeviation } from "./quantile.ts";

/**
 * Marks samples that lie further from the median than `limit` deviations, which are estimated from the median absolute
 * deviation as for normal noise (Iglewicz and Hoaglin take 3.5). A mark is for readers: what to do with such samples is
 * theirs to say, and nothing here leaves them out.
 */
export function markOutliers(samples: readonly number[], limit = 3.5): boolean[] {
  if (samples.length === 0) return [];
  const middle = median(samples);
  const deviation = 1.4826 * medianAbsoluteDeviation(samples);
  return samples.map((sample) => deviation > 0 && Math.abs(sample - middle) > limit * deviation);
}
