import { closeSync, openSync, readFileSync } from "node:fs";
import { devNull } from "node:os";
import { superviseRun } from "../collect/index.ts";
import { sha256 } from "../sys/index.ts";
import { ownWords } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import type { Sample } from "./phases.ts";
import type { Limits } from "./process.ts";
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
