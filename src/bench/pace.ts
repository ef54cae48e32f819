import { callsPerSample } from "./blocks.ts";

/**
 * How many runs and calls every process has, the same for all arms: engines get faster from run to run, so an arm with
 * more of them would look better. Found in a first block that is not recorded.
 */
export interface Pace {
  readonly resolutionNs: number;
  /** Runs of the kept module, and of how many one sample is the mean. */
  readonly warmRuns: number;
  readonly warmPerSample: number;
  /** Steady calls of the kept instance, and of how many one sample is the mean. */
  readonly hotCalls: number;
  readonly hotPerSample: number;
}

/** About how long the warm runs, or the steady calls, of the slowest arm shall take in a process. */
const shareNs = 500e6;
const mostWarm = 10;
const [fewestHot, mostHot] = [5, 20];

/** What the first block found: how long one run and one call took in each arm. */
export class Probes {
  readonly warmNs: number[] = [];
  readonly hotNs: number[] = [];

  /** Chooses samples that are long enough for the clock in the fastest arm, and so many that the slowest ends soon. */
  pace(resolutionNs: number): Pace {
    const [warmPerSample, hotPerSample] = [this.warmNs, this.hotNs].map((times) =>
      times.length === 0 ? 1 : callsPerSample(Math.min(...times), resolutionNs),
    ) as [number, number];
    const samples = (times: readonly number[], perSample: number): number =>
      Math.floor(shareNs / Math.max(1, ...times) / perSample);
    return {
      resolutionNs,
      warmPerSample,
      hotPerSample,
      warmRuns: warmPerSample * within(samples(this.warmNs, warmPerSample), 1, mostWarm),
      hotCalls: hotPerSample * within(samples(this.hotNs, hotPerSample), fewestHot, mostHot),
    };
  }
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
