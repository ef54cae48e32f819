import { readFileSync } from "node:fs";
import { seededRandom } from "../../stats/index.ts";
import { describeMachine, sha256 } from "../../sys/index.ts";
import type { Observation, ObserveJob } from "../../trace/index.ts";
import type { Arm } from "../arm.ts";
import { shuffled } from "../blocks.ts";
import { watchNoise } from "../noise.ts";
import { ownWords } from "../outcome.ts";
import type { BenchRecord, FailureRecord, MachineRecord } from "../record.ts";
import { RunFolder } from "../run-folder.ts";
import { wasiRecords } from "../wasi/records.ts";
import type { WasiCircumstances } from "../wasi/records.ts";
import { packageFile } from "../workloads.ts";
import { fewestBlocks } from "./loads.ts";
import type { EwapaLoad, EwapaScale } from "./loads.ts";

/** What to measure, and how a run is looked at. */
export interface EwapaOptions {
  readonly arms: readonly Arm[];
  readonly loads: readonly EwapaLoad[];
  readonly scale: EwapaScale;
  /** WASI functions that the workload imports. */
  readonly names: readonly string[];
  /** What records call this run. */
  readonly run: string;
  /** Ends the measuring; what was measured stays. */
  readonly signal: AbortSignal;
  /** Looks at one run, in the best way there is for the arm. */
  readonly observe: (arm: Arm, job: ObserveJob) => Promise<Observation>;
  readonly onRecord: (record: BenchRecord | FailureRecord | MachineRecord) => void;
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

const timeoutMs = 60_000;

/**
 * Runs all loads at all sizes on all arms, block after block, each block in an order of its own. It ends after the
 * scale's blocks, or its time once there are enough for an interval.
 */
export async function runEwapa(options: EwapaOptions): Promise<void> {
  const { scale, signal } = options;
  const folder = new RunFolder();
  try {
    const measuring = new EwapaRun(options, folder);
    options.onRecord({ schema: "wasmscope-machine-1", ...describeMachine() });
    const startMs = performance.now();
    for (let block = 0; block < scale.blocks && !signal.aborted; block++) {
      const usedMs = performance.now() - startMs;
      if (block >= fewestBlocks && usedMs > 1000 * scale.budgetSeconds) break;
      await measuring.block(block);
    }
  } finally {
    folder.remove();
  }
}

class EwapaRun {
  readonly #options: EwapaOptions;
  readonly #folder: RunFolder;
  readonly #random = seededRandom(Date.now());
  readonly #file = packageFile("workloads/io.wasm");
  readonly #sha256 = sha256(readFileSync(this.#file));
  readonly #machine = describeMachine().machine;
  /** What an arm cannot do at all is tried once. */
  readonly #failed = new Set<string>();
  readonly #startMs = performance.now();
  #runs = 0;

  constructor(options: EwapaOptions, folder: RunFolder) {
    this.#options = options;
    this.#folder = folder;
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

  async #once(arm: Arm, load: EwapaLoad, size: number, block: number): Promise<void> {
    const { names, observe, onRecord, signal } = this.#options;
    const work = this.#folder.fresh();
    const ended = watchNoise();
    const at = (): WasiCircumstances => {
      const { steal, load: waiting } = ended();
      return {
        run: this.#options.run,
        time: new Date().toISOString(),
        machine: this.#machine,
        arm: arm.label,
        armIndex: this.#options.arms.indexOf(arm),
        family: arm.runtime.family,
        module: load.name,
        moduleSha256: this.#sha256,
        size: String(size),
        block,
        ...(steal === undefined ? {} : { steal }),
        ...(waiting === undefined ? {} : { load: waiting }),
      };
    };
    try {
      const args = ["io", ...load.args(size)];
      const dirs = [{ host: work, guest: "." }];
      const seen = await observe(arm, {
        module: this.#file,
        names,
        args,
        env: {},
        dirs,
        timeoutMs,
      });
      if (signal.aborted) return;
      const why = failureOf(seen);
      if (why === undefined) for (const record of wasiRecords(seen, at())) onRecord(record);
      else this.#fail(arm, load, at(), why);
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(arm, load, at(), error instanceof Error ? error.message : String(error));
    }
  }

  #fail(arm: Arm, load: EwapaLoad, at: WasiCircumstances, why: string): void {
    this.#failed.add(`${arm.label} ${load.name}`);
    this.#options.onRecord({
      schema: "wasmscope-bench-failure-1",
      ...at,
      runtime: arm.runtime.name,
      version: arm.found.version,
      tier: arm.tier.name,
      level: "cold",
      process: 0,
      iteration: 0,
      failed: "unsupported",
      message: ownWords(why),
    });
  }
}

function failureOf({ exitCode, signal }: Observation): string | undefined {
  if (signal !== undefined) return `ended by ${signal}`;
  return exitCode === 0 ? undefined : `the guest's exit code is ${exitCode ?? "not known"}`;
}
