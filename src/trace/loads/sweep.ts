import { CannotRun } from "../../runtimes/index.ts";
import { KernelRefusal } from "../ebpf/kernel.ts";
import type { LoadObservation } from "../findings/index.ts";
import type { Observation } from "../observation.ts";
import type { LoadChoice } from "./load.ts";
import { observeLoad } from "./observe-load.ts";
import type { LoadJob } from "./observe-load.ts";

/** One that runs loads: a runtime in a tier, watched in some way, or the native twin. */
export interface SweepSubject {
  /** For people, such as `wasmtime@50.0.1:cranelift`. */
  readonly name: string;
  readonly observe: (job: LoadJob) => Promise<Observation>;
}

/** A run that could not be observed. */
export interface SweepFailure {
  readonly subject: string;
  readonly load: string;
  readonly size: number;
  readonly why: string;
}

/** What a sweep saw. */
export interface Sweep {
  readonly observations: readonly LoadObservation[];
  readonly failures: readonly SweepFailure[];
}

/**
 * Observes loads at all their sizes on all subjects, each once; what cannot run stands among the failures. All subjects
 * run a load at a size one after the other, so that a machine that slows down slows down all.
 */
export async function sweepLoads(
  choices: readonly LoadChoice[],
  subjects: readonly SweepSubject[],
  say: (load: string, size: number) => void = () => {},
): Promise<Sweep> {
  const observations: LoadObservation[] = [];
  const failures: SweepFailure[] = [];
  for (const { load, sizes } of choices) {
    for (const size of sizes) {
      say(load.name, size);
      for (const { name, observe } of subjects) {
        try {
          observations.push(await observeLoad(load, size, observe));
        } catch (error) {
          if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
          failures.push({ subject: name, load: load.name, size, why: error.message });
        }
      }
    }
  }
  return { observations, failures };
}
