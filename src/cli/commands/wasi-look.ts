import { CannotRun, selectorText } from "../../runtimes/index.ts";
import {
  bestWay,
  KernelRefusal,
  observe,
  observeTwin,
  ways,
  whyNotEbpf,
} from "../../trace/index.ts";
import type {
  LoadObservation,
  NativeTwin,
  Observation,
  ObserveJob,
  Way,
} from "../../trace/index.ts";
import type { Io } from "../command.ts";
import type { RuntimeChoice } from "../runtime-choice.ts";
import type { WasiLoad } from "./wasi-job.ts";
import { wayTitles } from "./wasi-row.ts";
import type { WasiRow } from "./wasi-row.ts";

/** What can run a load: a runtime, or the load's program as native code. */
export type Subject = RuntimeChoice | { readonly twin: NativeTwin };

/** How runs are looked at. */
export interface LookOptions {
  /** The one way that is wanted; undefined for the best that can be gone. It may be a must: nothing goes on then. */
  readonly required: { readonly way: Way; readonly isMust: boolean } | undefined;
  readonly timeoutText: string | undefined;
  /** Whether the user has ended the command. */
  readonly isEnded: () => boolean;
}

/** A run as it is shown, and as rules look at it where it was seen. */
export interface Looked {
  readonly row: WasiRow;
  readonly seen?: LoadObservation;
}

/** Told when a run is looked at in a lesser way than the best: which it is instead, and why. */
type OnLesser = (way: Way, why: string) => void;

/**
 * Looks at a run in the best way that can be gone. Throws a `CannotRun` where the runtime cannot run it: another way
 * would run it once more.
 */
export async function observeBest(
  choice: RuntimeChoice,
  job: ObserveJob,
  onLesser: OnLesser,
): Promise<Observation> {
  const best = bestWay(choice, job);
  if (best.why !== undefined) onLesser(best.way, best.why);
  for (let { way } = best; ;) {
    try {
      return await observe(choice, job, way);
    } catch (error) {
      // The kernel refuses before the program has begun: nothing is run twice.
      const next = ways[ways.indexOf(way) + 1];
      if (!(error instanceof KernelRefusal) || next === undefined) throw error;
      onLesser(next, error.message);
      way = next;
    }
  }
}

/** Looks at runs of guests, and says once for each reason why it does so in a lesser way. */
export class Looker {
  readonly #options: LookOptions;
  readonly #io: Io;
  readonly #told = new Set<string>();

  constructor(options: LookOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  /**
   * Runs a load once, looked at in the best way there is. What cannot be run is a row with the reason, but where one
   * way is required: then that is a `CannotRun`.
   */
  async look(subject: Subject, load: WasiLoad): Promise<Looked> {
    if ("twin" in subject) return this.#lookAtTwin(subject.twin, load);
    const about = aboutOf(subject, load);
    const startMs = this.#io.now();
    try {
      const seen = await load.run((job) => this.#observe(subject, job, about.arm));
      const notes = this.#stopNotes(seen.observation, load, startMs);
      return { seen, row: { ...about, ...seen.observation, notes } };
    } catch (error) {
      if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
      const { required } = this.#options;
      if (required?.isMust === true) {
        throw new CannotRun(`--require ${required.way}: ${error.message}`);
      }
      return { row: { ...about, failed: error.message } };
    }
  }

  #observe(choice: RuntimeChoice, job: ObserveJob, arm: string): Promise<Observation> {
    const way = this.#options.required?.way;
    if (way === undefined) {
      return observeBest(choice, job, (next, why) => this.#tell(next, why, arm));
    }
    const why = way === "timed" ? undefined : whyNotEbpf();
    if (why !== undefined) throw new CannotRun(why);
    return observe(choice, job, way);
  }

  /** A twin is there to compare with: a run of it that fails is none of the results. */
  async #lookAtTwin(twin: NativeTwin, load: WasiLoad): Promise<Looked> {
    const seen = await load.run((job) => observeTwin(twin, job));
    const { runtime, version } = seen.observation;
    const about = { arm: `${runtime}@${version}`, family: "native code", ...namesOf(load) };
    return { seen, row: { ...about, ...seen.observation } };
  }

  #tell(next: Way, why: string, arm: string): void {
    const line = `${arm} is not looked at by eBPF but by ${wayTitles[next]}: ${why}`;
    // One reason is said once, whatever the runtimes.
    if (this.#told.has(why)) return;
    this.#told.add(why);
    this.#io.stderr(`wasmscope: ${line}\n`);
  }

  /** What ran out of time was killed, which its signal alone does not say. */
  #stopNotes({ signal, notes }: Observation, { timeoutMs }: WasiLoad, startMs: number): string[] {
    const isLate = timeoutMs !== undefined && this.#io.now() - startMs >= timeoutMs;
    if (signal !== "SIGKILL" || !isLate) return [...notes];
    return [...notes, `stopped by --timeout after ${this.#options.timeoutText ?? ""}`];
  }
}

type About = Pick<
  WasiRow,
  "runtime" | "version" | "tier" | "arm" | "family" | "load" | "size" | "sizeText"
>;

function aboutOf({ runtime, found, tier }: RuntimeChoice, load: WasiLoad): About {
  return {
    runtime: runtime.name,
    version: found.version,
    tier: tier.name,
    arm: selectorText({ runtime, tier, version: found.version }),
    family: runtime.family,
    ...namesOf(load),
  };
}

function namesOf({ load, size, sizeText }: WasiLoad): Pick<About, "load" | "size" | "sizeText"> {
  return { load, size, sizeText };
}
