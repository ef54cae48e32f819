import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { switchedModule } from "../collect/index.ts";
import { runCold } from "../runtimes/index.ts";
import type { ColdEnd } from "../runtimes/index.ts";
import { whereIs } from "../sys/index.ts";
import { decodeModule } from "../wasm/index.ts";
import { prepareFor } from "./cold-run.ts";
import { kindOfFailure, ownWords } from "./outcome.ts";
import type { Failure, Outcome } from "./outcome.ts";
import type { Sample } from "./phases.ts";
import type { Process } from "./process.ts";
import { programArgs } from "./run-folder.ts";

/** Says whether machine instructions can be counted here. */
export function hasValgrind(): boolean {
  return whereIs("valgrind") !== undefined;
}

/** The machine that cachegrind plays: the same everywhere, or counts of misses could not be compared. */
const caches = ["--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64"];
/** Engines write their code while they run. */
const engines = ["-q", "--tool=cachegrind", "--smc-check=all-non-file"];
/** How many times longer than by itself a program may take, when nothing but this is wanted. */
const patience = 20;

/** What a run costs by cachegrind's events, summed up: a machine with two levels of caches and nothing else. */
const costs: readonly (readonly [metric: string, events: readonly string[]])[] = [
  ["instructions", ["Ir"]],
  ["data-accesses", ["Dr", "Dw"]],
  ["instruction-misses", ["I1mr"]],
  ["data-misses", ["D1mr", "D1mw"]],
  ["last-level-misses", ["ILmr", "DLmr", "DLmw"]],
];

const sample = (metric: string, value: number): Sample => ({
  level: "cold",
  iteration: 0,
  metric,
  unit: "count",
  by: "cachegrind",
  value,
});

/**
 * Counts the machine instructions of an arm's whole process by cachegrind: start, compiling and all. Some engines do
 * not run there: a failure in their own words.
 */
export async function countMachineInstructions(process: Process): Promise<Outcome> {
  const counted = await runCounted(process, ["--cache-sim=no"], process.limits.timeoutMs);
  if ("failure" in counted) return { samples: [], failures: [counted.failure] };
  return { samples: [sample("machine-instructions", counted.get("Ir") ?? 0)], failures: [] };
}

/**
 * Counts what running costs by cachegrind, start-up taken off: the events of a run less those of a run of the same code
 * that returns at once. What an engine compiles only when it is called stays in.
 */
export async function countMachineCosts(process: Process): Promise<Outcome> {
  const timeoutMs = process.limits.timeoutMs * patience;
  const [on, off] = [switched(process, true), switched(process, false)];
  if (on === undefined || off === undefined) return noSwitch;
  const whole = await runCounted(on, caches, timeoutMs);
  if ("failure" in whole) return { samples: [], failures: [whole.failure] };
  const start = await runCounted(off, caches, timeoutMs);
  if ("failure" in start) return { samples: [], failures: [start.failure] };
  const samples = costs.map(([metric, events]) => {
    const of = (counted: ReadonlyMap<string, number>): number =>
      events.reduce((sum, event) => sum + (counted.get(event) ?? 0), 0);
    return sample(`run-machine-${metric}`, Math.max(0, of(whole) - of(start)));
  });
  return { samples, failures: [] };
}

const noSwitch: Outcome = {
  samples: [],
  failures: [
    {
      level: "cold",
      iteration: 0,
      failed: "unsupported",
      message: "under valgrind: what its function does cannot be told from its start-up",
    },
  ],
};

/** Gives the same process with a module that does what the task's does, or nothing. */
function switched(process: Process, isOn: boolean): Process | undefined {
  const { task, folder } = process;
  const module = decodeModule(new Uint8Array(readFileSync(task.file)));
  const bytes = switchedModule(module, isOn, task.invoke?.name);
  if (bytes === undefined) return undefined;
  const file = join(folder.fresh(), "switched.wasm");
  writeFileSync(file, bytes);
  // It has to be prepared, too.
  return { ...process, prepared: undefined, task: { ...task, file } };
}

/** Runs an arm's command under cachegrind, and gives its events. */
async function runCounted(
  process: Process,
  options: readonly string[],
  timeoutMs: number,
): Promise<ReadonlyMap<string, number> | { readonly failure: Failure }> {
  const { arm, task, folder, signal } = process;
  const places = folder.places(task);
  try {
    const prepared = process.prepared ?? (await prepareFor(process));
    const out = join(folder.fresh(), "cachegrind.out");
    const { file, args, env, cwd } = arm.runtime.command(arm.found, arm.tier, {
      module: prepared?.artefact ?? task.file,
      args: programArgs(task),
      env: task.env,
      dirs: places.dirs,
      ...(task.invoke === undefined ? {} : { invoke: task.invoke }),
    });
    const { end } = await runCold(
      {
        file: "valgrind",
        args: [...engines, ...options, `--cachegrind-out-file=${out}`, file, ...args],
        ...(env === undefined ? {} : { env }),
        ...(cwd === undefined ? {} : { cwd }),
      },
      {
        ...(task.stdin === undefined ? {} : { stdin: task.stdin }),
        stderr: places.stderr,
        timeoutMs,
        signal,
      },
    );
    const events = eventsOf(readIfThere(out));
    if (end.kind === "exit" && end.code === 0 && events !== undefined) return events;
    return { failure: failureOf(end, places.words()) };
  } catch (error) {
    return {
      failure: failureOf(undefined, error instanceof Error ? error.message : String(error)),
    };
  } finally {
    places.remove();
  }
}

/** Reads the sums at the end of cachegrind's file; undefined where there are none. */
export function eventsOf(text: string): ReadonlyMap<string, number> | undefined {
  const names = /^events: (.+)$/m.exec(text)?.[1]?.trim().split(/\s+/);
  const values = /^summary: +(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/).map(Number);
  if (names === undefined || values?.length !== names.length) return undefined;
  return new Map(names.map((name, at) => [name, values[at]!]));
}

function failureOf(end: ColdEnd | undefined, said: string): Failure {
  // Valgrind warns of caches that it cannot play, whatever is asked for.
  const words = ownWords(said.replaceAll(/^--\d+-- warning:.*\n/gm, ""));
  const failed = end?.kind === "timeout" ? "timeout" : kindOfFailure(words);
  const message = `under valgrind: ${failed === "timeout" ? "it took too long" : words}`;
  return { level: "cold", iteration: 0, failed, message };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
