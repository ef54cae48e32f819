import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TimeChoice } from "../../instrument/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import { answerOfChild } from "../child-job.ts";
import type { ProfileRunOptions } from "../exact/profile-run.ts";

/** What to count. */
export type CountJob = Pick<ProfileRunOptions, "guest" | "invoke"> & { readonly file: string };

/** What a guest did. */
export interface CountedRun {
  /** How long it took, with counting. */
  readonly durationNs: number;
  /** The functions that were called. */
  readonly functions: readonly (readonly [funcIndex: number, calls: number])[];
}

const script = fileURLToPath(new URL("./calibrate-child.js", import.meta.url));

/** What counting blocks makes of a run, with compiling: docs/results/profile-overhead.md. */
const countingFactor = 1.4;

/**
 * Counts what a guest does, in a process of its own: with the input that `guest.stdio` says, or none, and without
 * output. Its effects on files happen. Throws a `CannotRun` when it cannot be run.
 */
export async function countRun(
  bytes: Uint8Array,
  options: Pick<ProfileRunOptions, "guest" | "invoke">,
): Promise<CountedRun> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, bytes);
    const {
      guest: { stdio, ...guest },
      invoke,
    } = options;
    const job = { file, guest, ...(invoke === undefined ? {} : { invoke }) };
    return await runChild(job, stdio?.stdin);
  } finally {
    process.removeListener("exit", clean);
    clean();
  }
}

async function runChild(job: CountJob, stdin: number | undefined): Promise<CountedRun> {
  const text = await answerOfChild(script, job, stdin);
  if (text === "") throw new CannotRun("the counted run before the timed one failed");
  return JSON.parse(text) as CountedRun;
}

/**
 * Picks the functions to time by what a counted run did: those that are called least, as many as `share` of the
 * run's time can pay. A function that was called and is not picked is left as it is, since its calls are known;
 * one that was not called is chosen as without a counted run.
 */
export function chooseByCounts(
  { durationNs, functions }: CountedRun,
  { eventNs, share }: { readonly eventNs: number; readonly share: number },
  choose: (funcIndex: number, choice: TimeChoice) => TimeChoice = (_, choice) => choice,
): (funcIndex: number, choice: TimeChoice) => TimeChoice {
  const calls = new Map(functions);
  const most = ((durationNs / countingFactor) * share) / eventNs;
  const picked = new Set<number>();
  let sum = 0;
  for (const [funcIndex, count] of functions.toSorted(([, left], [, right]) => left - right)) {
    if (choose(funcIndex, "switched") !== "switched") continue;
    sum += count;
    if (sum > most) break;
    picked.add(funcIndex);
  }
  return (funcIndex, choice) => {
    if (!calls.has(funcIndex)) return choose(funcIndex, choice);
    return picked.has(funcIndex) ? "switched" : "none";
  };
}
