import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CannotRun } from "../../runtimes/index.ts";
import { median, medianRatio } from "../../stats/index.ts";
import type { Interval } from "../../stats/index.ts";
import { designs } from "./designs.ts";
import type { DesignRun } from "./designs.ts";

/** One run to make. */
export interface DesignJob {
  readonly design: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** What a design makes of two functions whose work stands 80 : 20. */
export interface DesignResult {
  readonly design: string;
  readonly title: string;
  /** Percent that `complex` has of both; the median of all runs. Undefined for the plain module. */
  readonly complexPercent?: number;
  readonly simplePercent?: number;
  /** CPU time against the plain module's, runs in turn. */
  readonly overhead: Interval;
}

const script = fileURLToPath(new URL("./child.js", import.meta.url));

/**
 * Runs the example whose functions `complex` and `simple` stand 80 : 20 under each design, all in turn and each in
 * a process of its own. Throws a `CannotRun` when one fails.
 *
 * @param onRun Told after each run.
 */
export async function reproduceInstrument(
  file: string,
  args: readonly string[],
  repetitions: number,
  onRun: (done: number, total: number) => void = () => {},
): Promise<DesignResult[]> {
  const runs = new Map<string, DesignRun[]>(designs.map(({ name }) => [name, []]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [nth, { name }] of designs.entries()) {
      runs.get(name)!.push(await runDesign({ design: name, file, args }));
      onRun(repetition * designs.length + nth + 1, repetitions * designs.length);
    }
  }
  const cost = (name: string): number[] => runs.get(name)!.map(({ cpuUs }) => cpuUs);
  return designs.map(({ name, title }) => {
    const overhead = medianRatio(cost(name), cost("plain"));
    if (name === "plain") return { design: name, title, overhead };
    const complexPercent = median(runs.get(name)!.map(shareOfComplex));
    return { design: name, title, complexPercent, simplePercent: 100 - complexPercent, overhead };
  });
}

function shareOfComplex({ self }: DesignRun): number {
  const { complex = 0, simple = 0 } = self;
  return (100 * complex) / (complex + simple);
}

function runDesign(job: DesignJob): Promise<DesignRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify(job)], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    let [text, errors] = ["", ""];
    child.stdio[3]!.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("error", reject);
    child.on("close", () => {
      if (text === "") reject(new CannotRun(`design ${job.design} failed: ${errors.trim()}`));
      else resolve(JSON.parse(text) as DesignRun);
    });
  });
}
