import type { Arm } from "../arm.ts";
import { MIN_BLOCKS } from "../analysis/points.ts";
import type { BenchRecord, FailureRecord, MachineRecord } from "../record.ts";
import { runBench } from "../run-bench.ts";
import type { Refuses } from "../run-bench.ts";
import type { Experiment, Load, Scale } from "./experiments.ts";
import { taskOfLoad } from "./load-task.ts";

/** What to make again, and where it goes. */
export interface ReproduceOptions {
  readonly experiments: readonly Experiment[];
  readonly arms: readonly Arm[];
  readonly scale: "quick" | "full";
  /** What records call this run. */
  readonly run: string;
  /** Says why an arm will not take a load. */
  readonly refuses?: Refuses;
  /** Ends the measuring; what was measured stays. */
  readonly signal: AbortSignal;
  /** Told of each measurement and failure, as it comes. */
  readonly onRecord: (record: BenchRecord | FailureRecord | MachineRecord) => void;
  /** Told after each block, and between experiments. */
  readonly onProgress: (progress: ReproduceProgress) => void;
}

/** How far the measuring is. */
export interface ReproduceProgress {
  readonly experiment: Experiment;
  readonly load: Load;
  readonly blocks: number;
  /** Of all experiments together, at most. */
  readonly leftMs: number;
}

/** A load that was left out, or not measured to its end, since time was short. */
export interface Unfinished {
  readonly experiment: Experiment;
  readonly load: Load;
  readonly blocks: number;
  readonly why: string;
}

/**
 * Measures experiments one after the other, never longer than the sum of their times: what one saves, the next ones
 * have. Loads that would not get their five blocks are left out, and said.
 */
export async function reproduce(options: ReproduceOptions): Promise<Unfinished[]> {
  const unfinished: Unfinished[] = [];
  let endMs = performance.now();
  let laterMs = sum(options.experiments.map((experiment) => budgetMs(experiment[options.scale])));
  for (const experiment of options.experiments) {
    if (options.signal.aborted) break;
    const ownMs = budgetMs(experiment[options.scale]);
    endMs += ownMs;
    laterMs -= ownMs;
    unfinished.push(...(await new ExperimentRun(options, experiment, endMs, laterMs).measure()));
  }
  return unfinished;
}

const budgetMs = ({ budgetSeconds }: Scale): number => budgetSeconds * 1000;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

class ExperimentRun {
  readonly #options: ReproduceOptions;
  readonly #experiment: Experiment;
  readonly #scale: Scale;
  readonly #laterMs: number;
  readonly #endMs: number;
  readonly #deadline = new AbortController();
  /** Ends the load that is being measured. */
  #current: AbortController | undefined;
  /** What a block of the last load took, and what of that grows with the size. */
  #last: { readonly size: number; readonly blockMs: number; readonly callsMs: number } | undefined;

  constructor(options: ReproduceOptions, experiment: Experiment, endMs: number, laterMs: number) {
    this.#options = options;
    this.#experiment = experiment;
    this.#scale = experiment[options.scale];
    this.#laterMs = laterMs;
    this.#endMs = endMs;
  }

  async measure(): Promise<Unfinished[]> {
    const { signal } = this.#options;
    const abort = (): void => {
      this.#deadline.abort();
      this.#current?.abort();
    };
    const timer = setTimeout(abort, this.#leftMs);
    signal.addEventListener("abort", abort, { once: true });
    const unfinished: Unfinished[] = [];
    try {
      for (const [at, load] of this.#scale.loads.entries()) {
        if (signal.aborted) break;
        const problem = await this.#measureLoad(load, this.#scale.loads.length - at);
        if (problem !== undefined && !signal.aborted) unfinished.push(problem);
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
    return unfinished;
  }

  get #leftMs(): number {
    return Math.max(0, this.#endMs - performance.now());
  }

  async #measureLoad(load: Load, loadsLeft: number): Promise<Unfinished | undefined> {
    const given = { experiment: this.#experiment, load };
    const expectedMs = this.#expectedBlockMs(load) * MIN_BLOCKS;
    if (expectedMs > this.#leftMs || this.#leftMs === 0) {
      return { ...given, blocks: 0, why: `${secondsText(this.#leftMs)} were left` };
    }
    // A block that shows that five would not fit ends the load: the time is better spent on others.
    const tooLong = new AbortController();
    this.#current = tooLong;
    const { signal } = tooLong;
    if (this.#deadline.signal.aborted) tooLong.abort();
    const startMs = performance.now();
    const shareMs = this.#leftMs / loadsLeft;
    let blocks = 0;
    let callsMs = 0;
    await runBench({
      tasks: [taskOfLoad(load)],
      arms: this.#options.arms,
      levels: this.#experiment.levels,
      oneProcess: true,
      limits: { timeoutMs: Math.max(1000, Math.min(120_000, this.#leftMs)) },
      budgetMs: shareMs,
      fewestBlocks: MIN_BLOCKS,
      precision: 0.01,
      run: this.#options.run,
      signal,
      ...(this.#options.refuses === undefined ? {} : { refuses: this.#options.refuses }),
      onRecord: (record) => {
        if ("metric" in record && record.metric === "first-call" && record.by === "wall") {
          callsMs += record.value / 1e6;
        }
        this.#options.onRecord(record);
      },
      onProgress: (progress) => {
        blocks = progress.blocks;
        const usedMs = performance.now() - startMs;
        if (blocks >= this.#scale.blocks) tooLong.abort();
        if (blocks > 0 && blocks < MIN_BLOCKS && this.#wouldNotFit(usedMs / blocks, blocks)) {
          tooLong.abort();
        }
        this.#options.onProgress({ ...given, blocks, leftMs: this.#leftMs + this.#laterMs });
      },
    });
    const measured = Math.max(1, blocks);
    const blockMs = (performance.now() - startMs) / measured;
    this.#last = { size: Number(load.size), blockMs, callsMs: callsMs / measured };
    if (blocks >= MIN_BLOCKS) return undefined;
    return { ...given, blocks, why: `a block of all runtimes takes ${secondsText(blockMs)}` };
  }

  #wouldNotFit(blockMs: number, blocks: number): boolean {
    return blockMs * (MIN_BLOCKS - blocks) > this.#leftMs;
  }

  /**
   * Expects of a load what the last one took, but that a product's work grows with the cube of its size. Loads differ,
   * so three fifths of it are enough to try.
   */
  #expectedBlockMs({ size }: Load): number {
    if (this.#last === undefined) return 0;
    const growth = (Number(size) / this.#last.size) ** 3;
    const { blockMs, callsMs } = this.#last;
    return 0.6 * (growth > 1 ? blockMs + callsMs * (growth - 1) : blockMs);
  }
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
