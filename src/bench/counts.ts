import { closeSync, openSync, readFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { superviseRun } from "../collect/index.ts";
import { runCold } from "../runtimes/index.ts";
import { sha256 } from "../sys/index.ts";
import { prepareFor } from "./cold-run.ts";
import { kindOfFailure, ownWords } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import type { Sample } from "./phases.ts";
import type { Limits, Process } from "./process.ts";
import type { RunFolder } from "./run-folder.ts";
import { programArgs } from "./run-folder.ts";
import type { Task } from "./task.ts";

const sample = (metric: string, by: string, value: number): Sample => ({
  level: "cold",
  iteration: 0,
  metric,
  unit: "count",
  by,
  value,
});

/** Counts the instructions of WebAssembly that a task executes, exactly: the same on any engine and machine. */
export async function countInstructions(
  task: Task,
  folder: RunFolder,
  { timeoutMs }: Limits,
): Promise<Outcome> {
  const places = folder.places(task);
  const stdin = openSync(task.stdin ?? devNull, "r");
  // Files, as when it is measured: a C library writes to devices line by line, in other instructions.
  const output = openSync(places.stdout, "w");
  const failed = (kind: "trap" | "timeout" | "refused", message: string): Outcome => ({
    samples: [],
    failures: [{ level: "cold", iteration: 0, failed: kind, message: ownWords(message) }],
  });
  try {
    const bytes = new Uint8Array(readFileSync(task.file));
    const { profile, end } = await superviseRun(
      bytes,
      {
        mode: "insns",
        memory: "region",
        module: { name: task.module, sha256: sha256(bytes) },
        guest: {
          args: programArgs(task),
          env: task.env,
          dirs: places.dirs,
          stdio: { stdin, stdout: output, stderr: output },
        },
        ...(task.invoke === undefined ? {} : { invoke: task.invoke }),
      },
      { timeoutMs },
    );
    if (end.kind === "stopped") return failed("timeout", `it ran for more than ${timeoutMs} ms`);
    if (end.kind === "trap") return failed("trap", end.message);
    const column = profile.valueTypes.findIndex(({ name }) => name === "instructions");
    const total = profile.selfValues[column]!.reduce((sum, value) => sum + value, 0);
    return { samples: [sample("instructions", "profile", total)], failures: [] };
  } catch (error) {
    return failed("refused", error instanceof Error ? error.message : String(error));
  } finally {
    closeSync(stdin);
    closeSync(output);
    places.remove();
  }
}

/**
 * Counts the machine instructions of an arm's whole process by valgrind's cachegrind, start, compiling and all. Some
 * engines do not run there: a failure in their own words. Undefined where there is no valgrind.
 */
export async function countMachineInstructions(process: Process): Promise<Outcome | undefined> {
  const { arm, task, folder, limits, signal } = process;
  if (!(await hasValgrind())) return undefined;
  const places = folder.places(task);
  try {
    const prepared = process.prepared ?? (await prepareFor(process));
    const out = join(folder.fresh(), "cachegrind.out");
    const { file, args, env } = arm.runtime.command(arm.found, arm.tier, {
      module: prepared?.artefact ?? task.file,
      args: programArgs(task),
      env: task.env,
      dirs: places.dirs,
      ...(task.invoke === undefined ? {} : { invoke: task.invoke }),
    });
    const options = ["--tool=cachegrind", "--cache-sim=no", `--cachegrind-out-file=${out}`];
    const { end } = await runCold(
      {
        file: "valgrind",
        args: [...options, file, ...args],
        ...(env === undefined ? {} : { env }),
      },
      {
        ...(task.stdin === undefined ? {} : { stdin: task.stdin }),
        stderr: places.stderr,
        timeoutMs: limits.timeoutMs,
        signal,
      },
    );
    const count = /^summary: (\d+)/m.exec(readIfThere(out))?.[1];
    if (end.kind === "exit" && end.code === 0 && count !== undefined) {
      return {
        samples: [sample("machine-instructions", "cachegrind", Number(count))],
        failures: [],
      };
    }
    const words = ownWords(places.words());
    const failed = end.kind === "timeout" ? "timeout" : kindOfFailure(words);
    const message = `under valgrind: ${failed === "timeout" ? "it took too long" : words}`;
    return { samples: [], failures: [{ level: "cold", iteration: 0, failed, message }] };
  } finally {
    places.remove();
  }
}

let valgrind: Promise<boolean> | undefined;

function hasValgrind(): Promise<boolean> {
  valgrind ??= runCold({ file: "valgrind", args: ["--version"] }).then(
    ({ end }) => end.kind === "exit" && end.code === 0,
  );
  return valgrind;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
