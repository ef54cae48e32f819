import { CannotRun, selectorText } from "../../runtimes/index.ts";
import { KernelRefusal, observeByEbpf, observeTwin, whyNotEbpf } from "../../trace/index.ts";
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
import type { WasiRow } from "./wasi-row.ts";

/** One way of looking: a row of `wayTable`. */
interface WayRow {
  readonly name: Way;
  /** What it does, behind "looking". */
  readonly title: string;
  /** Why it cannot be gone here; undefined when it can be tried. */
  readonly why: () => string | undefined;
  readonly observe: (choice: RuntimeChoice, job: ObserveJob) => Promise<Observation>;
}

/** All ways, the best first. */
const wayTable: readonly WayRow[] = [
  { name: "ebpf", title: "by eBPF", why: whyNotEbpf, observe: observeByEbpf },
];

/** The ways by their names, the best first. */
export const wayNames: readonly Way[] = wayTable.map(({ name }) => name);

/** What can run a load: a runtime, or the load's program as native code. */
export type Subject = RuntimeChoice | { readonly twin: NativeTwin };

/** How runs are looked at. */
export interface LookOptions {
  /** The one way that is wanted; undefined for the best that can be gone. */
  readonly required: Way | undefined;
  readonly timeoutText: string | undefined;
  /** Whether the user has ended the command. */
  readonly isEnded: () => boolean;
}

/** A run as it is shown, and as rules look at it where it was seen. */
export interface Looked {
  readonly row: WasiRow;
  readonly seen?: LoadObservation;
}

/** Looks at a run in the best way that can be gone. Throws what the last one throws: a `CannotRun`, a `KernelRefusal`. */
export async function observeBest(choice: RuntimeChoice, job: ObserveJob): Promise<Observation> {
  let last: unknown;
  for (const { why, observe } of wayTable) {
    const reason = why();
    try {
      if (reason !== undefined) throw new CannotRun(reason);
      return await observe(choice, job);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      last = error;
    }
  }
  throw last;
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
    let failed = "";
    for (const way of this.#ways()) {
      const why = way.why();
      try {
        if (why !== undefined) throw new CannotRun(why);
        const startMs = this.#io.now();
        const seen = await load.run((job) => way.observe(subject, job));
        const notes = this.#stopNotes(seen.observation, load, startMs);
        return { seen, row: { ...about, ...seen.observation, notes } };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (this.#options.required !== undefined) {
          throw new CannotRun(`--require ${way.name}: ${error.message}`);
        }
        failed = error.message;
        if (this.#options.isEnded()) break;
        this.#tellNext(way, why === undefined ? `${about.arm}: ${failed}` : failed);
      }
    }
    return { row: { ...about, failed } };
  }

  /** A twin is there to compare with: a run of it that fails is none of the results. */
  async #lookAtTwin(twin: NativeTwin, load: WasiLoad): Promise<Looked> {
    const seen = await load.run((job) => observeTwin(twin, job));
    const { runtime, version } = seen.observation;
    const about = { arm: `${runtime}@${version}`, family: "native code", ...namesOf(load) };
    return { seen, row: { ...about, ...seen.observation } };
  }

  #ways(): readonly WayRow[] {
    const { required } = this.#options;
    return required === undefined ? wayTable : wayTable.filter(({ name }) => name === required);
  }

  #tellNext(way: WayRow, why: string): void {
    const next = wayTable[wayTable.indexOf(way) + 1];
    if (next === undefined) return;
    const line = `not ${way.title}: ${why}; looking ${next.title} instead`;
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#io.stderr(`wasmscope: ${line}\n`);
  }

  /** What ran out of time was killed, which its signal alone does not say. */
  #stopNotes({ signal, notes }: Observation, { timeoutMs }: WasiLoad, startMs: number): string[] {
    const isLate = timeoutMs !== undefined && this.#io.now() - startMs >= timeoutMs;
    if (signal !== "SIGKILL" || !isLate) return [...notes];
    return [...notes, `stopped by --timeout after ${this.#options.timeoutText ?? ""}`];
  }
}

function isRefusal(error: unknown): error is CannotRun | KernelRefusal {
  return error instanceof CannotRun || error instanceof KernelRefusal;
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
