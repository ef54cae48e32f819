import { runCold } from "../runtimes/index.ts";
import type { ColdRun, Prepared } from "../runtimes/index.ts";
import type { Arm } from "./arm.ts";
import { kindOfFailure, ownWords, refusedOutcome } from "./outcome.ts";
import type { Failure, Outcome } from "./outcome.ts";
import type { Sample } from "./phases.ts";
import type { Process } from "./process.ts";
import { programArgs } from "./run-folder.ts";

const sample = (metric: string, unit: Sample["unit"], by: string, value: number): Sample => ({
  level: "cold",
  iteration: 0,
  metric,
  unit,
  by,
  value,
});

/** What the commands of runtimes end with that cannot run a module. */
const refusedCode = 125;

/**
 * Runs an arm's own command once in a fresh process: what a user pays who starts it. Where compiling is a step of its
 * own that counts as start-up, it is done anew and its time is in `total`.
 */
export async function measureCold(process: Process): Promise<Outcome> {
  const { arm, task, prepared, folder, limits, signal } = process;
  const places = folder.places(task);
  try {
    const steps =
      arm.tier.prepared === "counted" ? await prepareFor(process).catch(asError) : prepared;
    if (steps instanceof Error) return refusedOutcome(steps);
    const command = arm.runtime.command(arm.found, arm.tier, {
      module: steps?.artefact ?? task.file,
      args: programArgs(task),
      env: task.env,
      dirs: places.dirs,
      ...(task.invoke === undefined ? {} : { invoke: task.invoke }),
      ...(limits.memoryBytes === undefined ? {} : { memoryBytes: limits.memoryBytes }),
    });
    const run = await runCold(command, {
      ...(task.stdin === undefined ? {} : { stdin: task.stdin }),
      stdout: places.stdout,
      stderr: places.stderr,
      timeoutMs: limits.timeoutMs,
      ...(limits.memoryBytes === undefined ? {} : { residentBytes: limits.memoryBytes }),
      signal,
    });
    const failure = failureOf(run, places.words(), limits) ?? wrongOutput(process, places.stdout);
    if (failure !== undefined) return { samples: [], failures: [failure] };
    return {
      samples: [...prepareSamples(steps), ...runSamples(run, counted(arm, steps))],
      failures: [],
    };
  } finally {
    places.remove();
  }
}

/** Makes what an arm runs in place of the module, where it runs something else. */
export async function prepareFor({ arm, task, folder }: Process): Promise<Prepared | undefined> {
  const { prepare } = arm.runtime;
  if (prepare === undefined || arm.tier.prepared === undefined) return undefined;
  return prepare(arm.found, arm.tier, { module: task.file, folder: folder.fresh() });
}

/** What cannot be prepared is an answer of the engine's, not an end of all measuring. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function counted(arm: Arm, steps: Prepared | undefined): { wallNs: number; cpuNs: number } {
  const all = arm.tier.prepared === "counted" ? (steps?.steps ?? []) : [];
  return {
    wallNs: all.reduce((sum, { wallNs }) => sum + wallNs, 0),
    cpuNs: all.reduce((sum, { cpuNs }) => sum + cpuNs, 0),
  };
}

function prepareSamples(prepared: Prepared | undefined): Sample[] {
  if (prepared === undefined) return [];
  return [
    ...prepared.steps.flatMap(({ name, wallNs, cpuNs }) => [
      sample(`prepare-${name}`, "ns", "wall", wallNs),
      sample(`prepare-${name}`, "ns", "cpu", cpuNs),
    ]),
    sample("artefact-size", "bytes", "file", prepared.bytes),
  ];
}

function runSamples(
  { wallNs, usage }: ColdRun,
  before: { wallNs: number; cpuNs: number },
): Sample[] {
  const wall = sample("total", "ns", "wall", wallNs + before.wallNs);
  if (usage === undefined) return [wall];
  const cpuNs = usage.userNs + usage.systemNs + before.cpuNs;
  return [
    wall,
    sample("total", "ns", "cpu", cpuNs),
    sample("peak-memory", "bytes", usage.by, usage.peakBytes),
  ];
}

function failureOf(
  { end }: ColdRun,
  stderr: string,
  limits: Process["limits"],
): Failure | undefined {
  const failed = (kind: Failure["failed"], message: string): Failure => ({
    level: "cold",
    iteration: 0,
    failed: kind,
    message,
  });
  const words = ownWords(stderr);
  switch (end.kind) {
    case "exit": {
      if (end.code === 0) return undefined;
      const kind = kindOfFailure(words);
      const isRefused = kind === "crash" && end.code === refusedCode;
      return failed(
        isRefused ? "refused" : kind,
        words === "" ? `it exited with ${end.code}` : words,
      );
    }
    case "signal":
      return failed("crash", words === "" ? `${end.signal} ended it` : `${end.signal}: ${words}`);
    case "timeout":
      return failed("timeout", `it ran for more than ${limits.timeoutMs} ms`);
    case "memory":
      return failed("memory", `it had more than ${limits.memoryBytes} bytes of memory`);
    case "failed":
      return failed("crash", end.message);
  }
}

function wrongOutput({ task, check, arm }: Process, file: string): Failure | undefined {
  // What commands print of an invoked function's results differs from engine to engine; hosts are compared.
  if (task.invoke !== undefined) return undefined;
  const message = check.wrongFile(task, file, arm.label);
  if (message === undefined) return undefined;
  return { level: "cold", iteration: 0, failed: "wrong-output", message };
}
