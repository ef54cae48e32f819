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
 * For comparing arms that were measured in the same blocks: `pairedRatio` (exact intervals), `hierarchicalRatio`
 * (geometric mean over processes and their iterations), `holm` over a suite, `AlphaSpending` to stop early.
 *
 * @module
 */
export { bootstrap } from "./bootstrap.ts";
export type { BootstrapOptions, Interval } from "./bootstrap.ts";
export { growthExponent } from "./growth.ts";
export { hierarchicalRatio } from "./hierarchical.ts";
export { holm } from "./holm.ts";
export { hodgesLehmann, hodgesLehmannInterval, hodgesLehmannShift } from "./hodges-lehmann.ts";
export { medianInterval, pairedRatio, probabilityBelow, unpairedRatio } from "./log-ratio.ts";
export type { RatioEstimate } from "./log-ratio.ts";
export { geometricMean, mean, standardDeviation } from "./mean.ts";
export { markOutliers } from "./outliers.ts";
export { median, medianAbsoluteDeviation, quantile, quantileSorted } from "./quantile.ts";
export { randomIndex, randomNormal, seededRandom } from "./random.ts";
export type { Random } from "./random.ts";
export { geometricMeanRatio, medianRatio, pairRatios } from "./ratio.ts";
export { AlphaSpending, mayLook, narrowEnough, nextLook } from "./sequential.ts";
export type { Look } from "./sequential.ts";
export { sharedMachine, syntheticArms } from "./synthetic.ts";
export type { Noise } from "./synthetic.ts";
