import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Task } from "./task.ts";

/** Places of one run: its streams, and folders that are new for it. */
export interface RunPlaces {
  readonly stdout: string;
  readonly stderr: string;
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  /** What was written to standard error, or nothing. */
  words(): string;
  remove(): void;
}

/** A folder for what runs write, gone at the end. */
export class RunFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "wasmscope-bench-"));
  #runs = 0;

  /** Makes the places of a run. */
  places(task: Task): RunPlaces {
    const own = join(this.path, `run-${this.#runs++}`);
    mkdirSync(own);
    const stderr = join(own, "stderr");
    const dirs = task.dirs.map(([host, guest], nth) => {
      if (host !== "work") return { host, guest };
      const folder = join(own, `work-${nth}`);
      mkdirSync(folder);
      return { host: folder, guest };
    });
    return {
      stdout: join(own, "stdout"),
      stderr,
      dirs,
      words: () => {
        try {
          return readFileSync(stderr, "utf8");
        } catch {
          return "";
        }
      },
      remove: () => rmSync(own, { recursive: true, force: true }),
    };
  }

  /** Makes a folder for what is prepared. */
  fresh(): string {
    const own = join(this.path, `prepared-${this.#runs++}`);
    mkdirSync(own);
    return own;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Gives the arguments of a program: its name, and what the task says. */
export function programArgs(task: Task): string[] {
  return [basename(task.file), ...task.args];
}
