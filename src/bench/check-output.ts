import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { Task } from "./task.ts";

/**
 * Knows what a task must print or give: what the manifest says, or else what the first run gave. A run that gives
 * something else is a failure, not a time.
 */
export class OutputCheck {
  readonly #known = new Map<string, { readonly text: string; readonly from: string }>();

  /** Says what is wrong with what an arm printed into a file; undefined: nothing. */
  wrongFile(task: Task, file: string, arm: string): string | undefined {
    const { sha256, bytes, start } = digest(file);
    const expected = task.stdoutSha256;
    if (expected === undefined) {
      return this.#wrong(
        `stdout ${keyOf(task)}`,
        sha256,
        arm,
        `it printed ${bytes} bytes: ${start}`,
      );
    }
    if (sha256 === expected) return undefined;
    return `it printed ${bytes} bytes that are not what the manifest says: ${start}`;
  }

  /** Says what is wrong with the results of an invoked function; undefined: nothing. */
  wrongValues(task: Task, values: readonly string[], arm: string): string | undefined {
    const text = values.join(" ");
    return this.#wrong(`values ${keyOf(task)}`, text, arm, `it gave ${text}`);
  }

  #wrong(key: string, text: string, arm: string, what: string): string | undefined {
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, { text, from: arm });
    if (known === undefined || known.text === text) return undefined;
    return `${what}; ${known.from} gave something else`;
  }
}

/** What an arm may have of its own is in it: arms with other arguments print other things. */
function keyOf(task: Task): string {
  return JSON.stringify([task.moduleSha256, task.args, task.invoke]);
}

/** Outputs may be large: they are read in pieces. */
function digest(file: string): { sha256: string; bytes: number; start: string } {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1 << 16);
  const descriptor = openSync(file, "r");
  let [bytes, start] = [0, ""];
  try {
    for (;;) {
      const count = readSync(descriptor, piece);
      if (count === 0) break;
      if (bytes === 0) start = JSON.stringify(piece.toString("utf8", 0, Math.min(count, 60)));
      bytes += count;
      hash.update(piece.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
  return { sha256: hash.digest("hex"), bytes, start: start === "" ? '""' : start };
}
