import { processorTimes, runQueue } from "../sys/index.ts";

/** What disturbed a block, as far as the machine tells. */
export interface Disturbance {
  /** Share of the processors' time that other guests of the physical machine took (0 to 1); undefined: not told. */
  readonly steal: number | undefined;
  /** Threads that ran or wanted to, at the start, this process left out. */
  readonly load: number | undefined;
}

/** A block with more than this is measured again. */
export const mostSteal = 0.05;

/** Begins to watch a block; what is returned says at its end what disturbed it. */
export function watchNoise(): () => Disturbance {
  const before = processorTimes();
  const load = runQueue();
  return () => {
    const after = processorTimes();
    if (before === undefined || after === undefined) return { steal: undefined, load };
    const all = after.all - before.all;
    return { steal: all > 0 ? (after.steal - before.steal) / all : 0, load };
  };
}
