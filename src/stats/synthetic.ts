import { randomNormal } from "./random.ts";
import type { Random } from "./random.ts";

/** Noise of a shared machine, as shares of the time that is measured. */
export interface Noise {
  /** What all arms of a block see, a slow drift. */
  readonly drift: number;
  /** What a process has for all of its iterations, as its memory layout. */
  readonly process: number;
  /** What each iteration has. */
  readonly iteration: number;
  /** How often a neighbour interrupts a process, and by how much at most (0.5: half as long again). */
  readonly spikes: number;
  readonly spike: number;
}

/** Noise as measured on two virtual cores with neighbours. */
export const sharedMachine: Noise = {
  drift: 0.1,
  process: 0.02,
  iteration: 0.04,
  spikes: 0.08,
  spike: 0.6,
};

/**
 * Makes measurements of two arms, block by block, of which the first takes `ratio` times the time of the second: an
 * experiment whose truth is known. Gives a list of iterations for each block and arm.
 */
export function syntheticArms(
  random: Random,
  blocks: number,
  { ratio, iterations = 1 }: { readonly ratio: number; readonly iterations?: number },
  noise: Noise = sharedMachine,
): { readonly measured: number[][]; readonly baseline: number[][] } {
  let drift = 0;
  const process = (scale: number): number[] => {
    const spike = random() < noise.spikes ? noise.spike * random() : 0;
    const layout = drift + noise.process * randomNormal(random) + spike;
    return Array.from(
      { length: iterations },
      () => 1e6 * scale * Math.exp(layout + noise.iteration * randomNormal(random)),
    );
  };
  const [measured, baseline]: [number[][], number[][]] = [[], []];
  for (let block = 0; block < blocks; block++) {
    // An autoregression: the machine's mood lasts for several blocks.
    drift = 0.8 * drift + 0.6 * noise.drift * randomNormal(random);
    measured.push(process(ratio));
    baseline.push(process(1));
  }
  return { measured, baseline };
}
