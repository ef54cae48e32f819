import { undisturbed } from "../analysis/undisturbed.ts";
import { pointsOf } from "../analysis/points.ts";
import type { Point } from "../analysis/points.ts";
import { Samples } from "../analysis/samples.ts";
import type { BenchRecord } from "../record.ts";
import { armOf, classArms, classes } from "./classes.ts";
import type { ClassName } from "./classes.ts";
import { experiments } from "./experiments.ts";
import type { ExperimentName, Load } from "./experiments.ts";
import { splitRecords } from "./split.ts";

const samplesOf = (records: readonly BenchRecord[]): Samples =>
  new Samples([...records, ...splitRecords(records)]);

/** What claims are judged by: the points of each experiment, and who takes part. */
export class Evidence {
  readonly samples: Samples;
  /** The arms of the paper's five runtimes, by class. */
  readonly arms: ReadonlyMap<ClassName, string>;
  /** The paper's own Wasmtime, where it was measured. */
  readonly old: string | undefined;
  readonly #points = new Map<string, Point[]>();

  constructor(records: readonly BenchRecord[] | Samples, arms?: ReadonlyMap<ClassName, string>) {
    this.samples = records instanceof Samples ? records : samplesOf(undisturbed(records));
    this.arms = arms ?? classArms(this.samples);
    this.old = armOf(this.samples, "wasmtime-2020");
  }

  /** Gives the same with the paper's own version in the part of Wasmtime. */
  withOldWasmtime(): Evidence {
    const arms = new Map(this.arms);
    if (this.old !== undefined) arms.set("wasmtime", this.old);
    return new Evidence(this.samples, arms);
  }

  /** Gives what some arms took at each load of an experiment: wall time of `metric` (see `splitRecords`). */
  points(name: ExperimentName, arms: readonly string[], metric: string = "engine-total"): Point[] {
    const key = JSON.stringify([name, arms, metric]);
    const known = this.#points.get(key);
    if (known !== undefined) return known;
    const points = pointsOf(this.samples, arms, this.#loads(name), {
      level: "cold",
      metric,
      by: "wall",
    });
    this.#points.set(key, points);
    return points;
  }

  /** Gives what the paper's runtimes took at each load of an experiment. */
  ofClasses(name: ExperimentName, metric?: string): Point[] {
    return this.points(name, [...this.arms.values()], metric);
  }

  /** Says in a sentence which runtimes are missing for a claim, and how to get them. */
  lacking(names: readonly ClassName[]): string {
    const selectors = names.map((name) => classes.find((row) => row.name === name)!.selector);
    const runtimes = [...new Set(selectors.map((text) => text.replace(/:.*/, "")))].join(" ");
    return `No measurements of ${selectors.join(", ")}: wasmscope runtimes install ${runtimes}.`;
  }

  /** The loads of both scales, those of the full one first. */
  #loads(name: ExperimentName): readonly Load[] {
    const { full, quick } = experiments.find((entry) => entry.name === name)!;
    const all = [...full.loads, ...quick.loads];
    return [...new Map(all.map((load) => [`${load.module}\n${load.size}`, load])).values()];
  }
}
