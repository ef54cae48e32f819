import { hodgesLehmannInterval, medianInterval, pairedRatio } from "../../stats/index.ts";
import type { Interval } from "../../stats/index.ts";
import { Samples } from "../analysis/samples.ts";
import type { Arm } from "../analysis/samples.ts";
import type { BenchRecord } from "../record.ts";
import { seenRuns, syscallsPerCall } from "../wasi/seen.ts";
import type { SeenFunction, SeenRun } from "../wasi/seen.ts";
import { fewestBlocks } from "./loads.ts";

/** What is computed of one run. */
export type Statistic = (run: SeenRun) => number | undefined;

/** The level of all intervals here. */
const confidence = 0.95;

/** What claims are judged by: every run of every block. */
export class EwapaEvidence {
  readonly arms: readonly Arm[];
  readonly #runs: readonly { readonly block: string; readonly seen: SeenRun }[];

  constructor(records: readonly BenchRecord[]) {
    this.arms = new Samples(records).arms;
    const blocks = new Map<string, BenchRecord[]>();
    for (const record of records) {
      const block = `${record.run}#${record.block}`;
      const own = blocks.get(block);
      if (own === undefined) blocks.set(block, [record]);
      else own.push(record);
    }
    this.#runs = [...blocks].flatMap(([block, own]) =>
      seenRuns(own).map((seen) => ({ block, seen })),
    );
  }

  /** All runs. */
  get runs(): readonly SeenRun[] {
    return this.#runs.map(({ seen }) => seen);
  }

  /** Names of the arms of a runtime, such as `wasmtime`. */
  armsOf(runtime: string): string[] {
    return this.arms.filter((arm) => arm.runtime === runtime).map(({ arm }) => arm);
  }

  /** Sizes at which a load was measured, ascending. */
  sizes(load: string): number[] {
    const own = this.#runs.filter(({ seen }) => seen.module === load);
    return [...new Set(own.map(({ seen }) => Number(seen.size)))].toSorted((a, b) => a - b);
  }

  /** Gives a statistic of an arm at a load's size (its largest by default), by block. */
  values(
    arm: string,
    load: string,
    of: Statistic,
    size: number | undefined = this.sizes(load).at(-1),
  ): Map<string, number> {
    const values = new Map<string, number>();
    for (const { block, seen } of this.#runs) {
      if (seen.arm !== arm || seen.module !== load || Number(seen.size) !== size) continue;
      const value = of(seen);
      if (value !== undefined && Number.isFinite(value)) values.set(block, value);
    }
    return values;
  }

  /** Gives the median of a statistic with its interval; undefined with too few blocks. */
  interval(arm: string, load: string, of: Statistic, size?: number): Interval | undefined {
    const values = [...this.values(arm, load, of, size).values()];
    return values.length < fewestBlocks ? undefined : medianInterval(values, confidence);
  }

  /** Gives how many times as much one arm has as another in the same block; undefined with too few of them. */
  ratio(arm: string, baseline: string, load: string, of: Statistic): Interval | undefined {
    const [own, other] = [this.values(arm, load, of), this.values(baseline, load, of)];
    const common = [...own.keys()].filter(
      (block) => own.get(block)! > 0 && (other.get(block) ?? 0) > 0,
    );
    if (common.length < fewestBlocks) return undefined;
    return pairedRatio(
      common.map((block) => own.get(block)!),
      common.map((block) => other.get(block)!),
      confidence,
    );
  }

  /**
   * Gives the exponent with which a statistic grows over a load's sizes, with its interval over blocks: 1 where it
   * grows as the load does. Undefined with fewer than three sizes or too few blocks.
   */
  growth(arm: string, load: string, of: Statistic): Interval | undefined {
    const sizes = this.sizes(load);
    if (sizes.length < 3) return undefined;
    const bySize = sizes.map((size) => this.values(arm, load, of, size));
    const blocks = [...bySize[0]!.keys()].filter((block) =>
      bySize.every((values) => (values.get(block) ?? 0) > 0),
    );
    if (blocks.length < fewestBlocks) return undefined;
    const slopes = blocks.map((block) =>
      slope(
        sizes.map(Math.log),
        bySize.map((values) => Math.log(values.get(block)!)),
      ),
    );
    return hodgesLehmannInterval(slopes, confidence);
  }

  /** The arms that have enough blocks of a statistic at a load. */
  measured(load: string, of: Statistic): string[] {
    return this.arms
      .map(({ arm }) => arm)
      .filter((arm) => this.values(arm, load, of).size >= fewestBlocks);
  }
}

/** Gives one of the times of a run by its name in records. */
export function timeOf(metric: string): Statistic {
  return ({ times }) => times.get(metric);
}

/** Gives the time of one call of a function, as measured: of the median one, which a busy machine leaves alone. */
export function callTimeOf(func: string): Statistic {
  return figureOf(
    func,
    ({ figures }) => figures.get("p50") ?? divided(figures.get("time"), figures.get("calls")),
  );
}

/** Gives the system calls of one call of a function, on its own thread. */
export function syscallsOf(func: string): Statistic {
  return figureOf(func, syscallsPerCall);
}

/** Gives how often a function's thread hands work to another one, a call: as others were seen to run, or woken. */
export function hopsOf(func: string): Statistic {
  return figureOf(func, ({ figures, syscalls }) => {
    const hops = figures.get("thread-hops");
    const woken = syscalls
      .filter(({ name, byHelper }) => name === "futex" && !byHelper)
      .reduce((sum, { count }) => sum + count, 0);
    return divided(Math.max(hops ?? 0, woken), figures.get("calls"));
  });
}

/** Gives the share of a function's time that is in system calls. */
export function syscallShareOf(func: string): Statistic {
  return figureOf(func, ({ figures }) => divided(figures.get("in-syscalls"), figures.get("time")));
}

function figureOf(func: string, figure: (seen: SeenFunction) => number | undefined): Statistic {
  return ({ functions }) => {
    const seen = functions.find(({ name }) => name === func);
    return seen === undefined ? undefined : figure(seen);
  };
}

function divided(value: number | undefined, by: number | undefined): number | undefined {
  return value === undefined || by === undefined || by === 0 ? undefined : value / by;
}

/** The slope of the line that fits best. */
function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const above = xs.reduce((sum, x, at) => sum + (x - x0) * (ys[at]! - y0), 0);
  return above / xs.reduce((sum, x) => sum + (x - x0) ** 2, 0);
}
