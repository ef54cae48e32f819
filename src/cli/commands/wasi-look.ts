import { CannotRun, selectorText } from "../../runtimes/index.ts";
import { KernelRefusal, observeByEbpf, whyNotEbpf } from "../../trace/index.ts";
import type { Observation, ObserveJob, Way } from "../../trace/index.ts";
import type { Io } from "../command.ts";
import type { RuntimeChoice } from "../runtime-choice.ts";
import type { WasiRow } from "./wasi-row.ts";

/** One way of looking: a row of `wayTable`. */
interface WayRow {
  readonly name: Way;
  /** What it does, for a sentence that begins with "looking". */
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

/** Looks at a run in the best way that can be gone. Throws what the last one throws: a `CannotRun`, a `KernelRefusal`. */
export async function observeBest(choice: RuntimeChoice, job: ObserveJob): Promise<Observation> {
  let last: unknown;
  for (const { why, observe } of wayTable) {
    const reason = why();
    try {
      if (reason !== undefined) throw new CannotRun(reason);
      return await observe(choice, job);
    } catch (error) {
      if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
      last = error;
    }
  }
  throw last;
}

/** What is run on each runtime. */
export interface WasiLoad {
  readonly load: string;
  readonly size: number;
  /** As records call the size: what was typed. */
  readonly sizeText: string;
  readonly job: ObserveJob;
}

/** How runs are looked at. */
export interface LookOptions {
  /** The one way that is wanted; undefined for the best that can be gone. */
  readonly required: Way | undefined;
  readonly timeoutText: string | undefined;
  /** Whether the user has ended the command. */
  readonly isEnded: () => boolean;
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
   * Runs a guest once on a runtime, looked at in the best way there is. What cannot be run is a row with the reason,
   * but where one way is required: then that is a `CannotRun`.
   */
  async look(choice: RuntimeChoice, { load, size, sizeText, job }: WasiLoad): Promise<WasiRow> {
    const { runtime, found, tier } = choice;
    const about = {
      runtime: runtime.name,
      version: found.version,
      tier: tier.name,
      arm: armName(choice),
      family: runtime.family,
      load,
      size,
      sizeText,
    };
    let failed = "";
    for (const way of this.#ways()) {
      const why = way.why();
      try {
        if (why !== undefined) throw new CannotRun(why);
        const startMs = this.#io.now();
        const seen = await way.observe(choice, job);
        return { ...about, ...seen, notes: [...seen.notes, ...this.#stopNote(seen, job, startMs)] };
      } catch (error) {
        if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
        if (this.#options.required !== undefined) {
          throw new CannotRun(`--require ${way.name}: ${error.message}`);
        }
        failed = error.message;
        if (this.#options.isEnded()) break;
        this.#tellNext(way, why === undefined ? `${about.arm}: ${failed}` : failed);
      }
    }
    return { ...about, failed };
  }

  #ways(): readonly WayRow[] {
    const { required } = this.#options;
    return required === undefined ? wayTable : wayTable.filter(({ name }) => name === required);
  }

  #tellNext(way: WayRow, why: string): void {
    const next = wayTable[wayTable.indexOf(way) + 1];
    const line = `not ${way.title}: ${why}${next === undefined ? "" : `; looking ${next.title} instead`}`;
    if (next === undefined || this.#told.has(line)) return;
    this.#told.add(line);
    this.#io.stderr(`wasmscope: ${line}\n`);
  }

  /** What ran out of time was killed, which its signal alone does not say. */
  #stopNote({ signal }: Observation, { timeoutMs }: ObserveJob, startMs: number): string[] {
    if (timeoutMs === undefined || signal !== "SIGKILL") return [];
    if (this.#io.now() - startMs < timeoutMs) return [];
    return [`stopped by --timeout after ${this.#options.timeoutText ?? ""}`];
  }
}

function armName({ runtime, tier, found }: RuntimeChoice): string {
  return selectorText({ runtime, tier, version: found.version });
}
