import { runtimes } from "../../runtimes/index.ts";
import { MIN_BLOCKS } from "../analysis/points.ts";
import { findArms } from "../arm.ts";
import { emscripten } from "../emscripten.ts";
import type { BenchRecord, FailureRecord, MachineRecord } from "../record.ts";
import { runBench } from "../run-bench.ts";
import type { Load, Scale } from "./experiments.ts";
import { taskOfLoad } from "./load-task.ts";

/** What the part about Emscripten's files is called on the command line. */
export const nodefsName = "nodefs";

/** Loads of the I/O suite that work on files, of some tenths of a second each. */
function loadsOfFiles(many: number): Load[] {
  const load = (module: string, ...args: readonly string[]): Load => ({
    module,
    size: args.slice(1).join(" "),
    args,
  });
  const few = many / 10;
  return [
    load("io-small-reads", "reads", `${many}`, "16"),
    load("io-small-writes", "writes", `${many}`, "16"),
    load("io-seek-writes", "seek-writes", `${many}`, "13"),
    load("io-opens", "opens", `${few}`),
    load("io-entries", "entries", `${few / 10}`),
  ];
}

/** How much is measured; both scales are what the claim is judged by. */
export const nodefsScales: Readonly<Record<"quick" | "full", Scale>> = {
  quick: { loads: loadsOfFiles(10_000).slice(0, 3), blocks: MIN_BLOCKS, budgetSeconds: 10 },
  full: { loads: loadsOfFiles(100_000), blocks: MIN_BLOCKS, budgetSeconds: 30 },
};

/** Where the records go. */
export interface NodefsOptions {
  readonly scale: "quick" | "full";
  /** What the records call this run. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** Is given every record as it comes. */
  readonly onRecord: (record: BenchRecord | FailureRecord | MachineRecord) => void;
}

/**
 * Measures loads of files as whole processes: on Node's WASI, and as Emscripten compiles the same source, with NODEFS.
 */
export async function measureNodefs({
  scale,
  run,
  signal,
  onRecord,
}: NodefsOptions): Promise<void> {
  const { loads, blocks, budgetSeconds } = nodefsScales[scale];
  const { arms } = await findArms(["node", emscripten.name], [...runtimes, emscripten]);
  await runBench({
    tasks: loads.map(taskOfLoad),
    arms,
    levels: ["cold"],
    limits: { timeoutMs: 60_000 },
    budgetMs: budgetSeconds * 1000,
    fewestBlocks: blocks,
    precision: 0.02,
    run,
    signal,
    onRecord,
  });
}
