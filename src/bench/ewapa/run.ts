import { readFileSync } from "node:fs";
import { seededRandom } from "../../stats/index.ts";
import { describeMachine, sha256 } from "../../sys/index.ts";
import { loadModule, loads as suite, observeLoad } from "../../trace/index.ts";
import type { LoadJob, Observation } from "../../trace/index.ts";
import { shuffled } from "../blocks.ts";
import { watchNoise } from "../noise.ts";
import type { Disturbance } from "../noise.ts";
import { ownWords } from "../outcome.ts";
import type { BenchRecord, FailureRecord, MachineRecord } from "../record.ts";
import { wasiRecords } from "../wasi/records.ts";
import type { WasiCircumstances } from "../wasi/records.ts";
import { packageFile } from "../workloads.ts";
import { fewestBlocks } from "./loads.ts";
import type { EwapaLoad, EwapaScale } from "./loads.ts";

/** A runtime, or what is compared with it, and how a run of it is looked at. */
export interface EwapaArm {
  readonly label: string;
  readonly family: string;
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  /** Runs a load once and says what was seen. */
  readonly observe: (job: LoadJob) => Promise<Observation>;
}

/** What to measure. */
export interface EwapaOptions {
  readonly arms: readonly EwapaArm[];
  readonly loads: readonly EwapaLoad[];
  readonly scale: EwapaScale;
  /** What records call this run. */
  readonly run: string;
  /** Ends the measuring; what was measured stays. */
  readonly signal: AbortSignal;
  /** Told of each measurement and failure, as it comes. */
  readonly onRecord: (record: BenchRecord | FailureRecord | MachineRecord) => void;
  /** Told before each run. */
  readonly onProgress: (progress: EwapaProgress) => void;
}

/** How far the measuring is. */
export interface EwapaProgress {
  readonly block: number;
  readonly blocks: number;
  readonly load: string;
  /** Of all blocks, by how long the runs took so far; undefined before the first. */
  readonly leftMs: number | undefined;
}

/**
 * Runs all loads at all sizes on all arms, block after block, each block in an order of its own. It ends after the
 * scale's blocks, or its time once there are enough for an interval.
 */
export async function runEwapa(options: EwapaOptions): Promise<void> {
  const { scale, signal } = options;
  const measuring = new EwapaRun(options);
  options.onRecord({ schema: "wasmscope-machine-1", ...describeMachine() });
  const startMs = performance.now();
  for (let block = 0; block < scale.blocks && !signal.aborted; block++) {
    const usedMs = performance.now() - startMs;
    if (block >= fewestBlocks && usedMs > 1000 * scale.budgetSeconds) break;
    await measuring.block(block);
  }
}

class EwapaRun {
  readonly #options: EwapaOptions;
  readonly #random = seededRandom(Date.now());
  readonly #file = packageFile(loadModule);
  readonly #sha256 = sha256(readFileSync(this.#file));
  readonly #machine = describeMachine().machine;
  /** What an arm cannot do at all is tried once. */
  readonly #failed = new Set<string>();
  readonly #startMs = performance.now();
  #runs = 0;

  constructor(options: EwapaOptions) {
    this.#options = options;
  }

  async block(block: number): Promise<void> {
    const { arms, loads, scale } = this.#options;
    const cells = loads.flatMap((load) =>
      load[scale.name].flatMap((size) => arms.map((arm) => ({ load, size, arm }))),
    );
    const all = cells.length * scale.blocks;
    for (const { load, size, arm } of shuffled(cells, this.#random)) {
      if (this.#options.signal.aborted) return;
      const usedMs = performance.now() - this.#startMs;
      const leftMs = this.#runs < 5 ? undefined : (usedMs / this.#runs) * (all - this.#runs);
      this.#options.onProgress({ block, blocks: scale.blocks, load: load.name, leftMs });
      if (!this.#failed.has(`${arm.label} ${load.name}`)) await this.#once(arm, load, size, block);
      this.#runs++;
    }
  }

  async #once(arm: EwapaArm, load: EwapaLoad, size: number, block: number): Promise<void> {
    const { onRecord, signal } = this.#options;
    const noise = watchNoise();
    const at = (): WasiCircumstances => ({
      ...this.#at(arm, load, noise()),
      size: `${size}`,
      block,
    });
    try {
      const own = suite.find(({ name }) => name === load.name)!;
      const { observation } = await observeLoad(own, size, arm.observe);
      if (!signal.aborted) wasiRecords(observation, at()).forEach(onRecord);
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(arm, load, at(), error instanceof Error ? error.message : String(error));
    }
  }

  #at(
    arm: EwapaArm,
    { name }: EwapaLoad,
    { steal, load }: Disturbance,
  ): Omit<WasiCircumstances, "size" | "block"> {
    return {
      run: this.#options.run,
      time: new Date().toISOString(),
      machine: this.#machine,
      arm: arm.label,
      armIndex: this.#options.arms.indexOf(arm),
      family: arm.family,
      module: name,
      moduleSha256: this.#sha256,
      ...(steal === undefined ? {} : { steal }),
      ...(load === undefined ? {} : { load }),
    };
  }

  #fail(arm: EwapaArm, load: EwapaLoad, at: WasiCircumstances, why: string): void {
    this.#failed.add(`${arm.label} ${load.name}`);
    this.#options.onRecord({
      schema: "wasmscope-bench-failure-1",
      ...at,
      runtime: arm.runtime,
      version: arm.version,
      tier: arm.tier,
      level: "cold",
      process: 0,
      iteration: 0,
      failed: "unsupported",
      message: ownWords(why),
    });
  }
}
