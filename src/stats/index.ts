/**
 * Statistics of measurements, pure and deterministic: medians and quantiles, means, bootstrap intervals of ratios of
 * paired samples, Hodges-Lehmann estimates, and the seeded random numbers that the bootstrap draws with.
 *
 * ```ts
 * import { medianRatio } from "wasmscope/stats";
 * const { estimate, low, high } = medianRatio(instrumentedMs, plainMs); // samples taken in turn
 * console.log(`${estimate.toFixed(2)}x (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`);
 * ```
 *
 * @module
 */
export { bootstrap } from "./bootstrap.ts";
export type { BootstrapOptions, Interval } from "./bootstrap.ts";
export { hodgesLehmann, hodgesLehmannInterval, hodgesLehmannShift } from "./hodges-lehmann.ts";
export { geometricMean, mean, standardDeviation } from "./mean.ts";
export { median, medianAbsoluteDeviation, quantile, quantileSorted } from "./quantile.ts";
export { randomIndex, randomNormal, seededRandom } from "./random.ts";
export type { Random } from "./random.ts";
export { geometricMeanRatio, medianRatio, pairRatios } from "./ratio.ts";
