import { spawn, spawnSync } from "node:child_process";
import type { StdioOptions } from "node:child_process";
import type { Readable } from "node:stream";
import { CannotRun } from "../../runtimes/index.ts";
import type { GuestEnd, StopReason } from "../../runtimes/index.ts";
import { Watch } from "../threads/watch.ts";

/** Throws a `CannotRun` when a program is not on the path; `mend` says how it gets there. */
export function needsProgram(program: string, mend: string): void {
  const { error } = spawnSync(program, ["--version"], { stdio: "ignore" });
  if (error !== undefined) throw new CannotRun(`${program} is not on the path: ${mend}`);
}

/** How a command ended that runs a guest. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Who stopped it before it ended. */
  readonly stopped?: StopReason;
}

/** What a command is given beside its arguments. */
export interface CommandOptions {
  readonly stdio: StdioOptions;
  readonly timeoutMs?: number;
  /** Told what the command writes to a descriptor that is a pipe, an empty chunk at the end. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** Which descriptor that is. */
  readonly piped?: number;
}

const reasons = { SIGINT: "interrupt", SIGTERM: "terminate" } as const;

/** Runs a command to its end, and stops it at a time limit, SIGINT and SIGTERM. */
export function runCommand(
  [program, ...args]: readonly string[],
  { stdio, timeoutMs, onOutput, piped }: CommandOptions,
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { stdio });
    if (onOutput !== undefined) {
      const pipe = child.stdio[piped!] as Readable;
      pipe.on("data", onOutput);
      pipe.on("end", () => onOutput(new Uint8Array()));
    }
    let stopped: StopReason | undefined;
    const watch = new Watch();
    const stop = (reason: StopReason): void => {
      stopped = reason;
      // perf ends its child and writes what it has; others just end.
      child.kill("SIGINT");
    };
    watch.signals((signal) => stop(reasons[signal]));
    if (timeoutMs !== undefined) watch.timeout(timeoutMs, () => stop("timeout"));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      watch.end();
      resolve({ code, signal, ...(stopped !== undefined && { stopped }) });
    });
  });
}

/** Says in a profile's notes that it is not of a whole run. */
export function endNotes(end: GuestEnd): string[] {
  if (end.kind === "stopped") return [`Stopped: ${end.reason}.`];
  return end.kind === "trap" ? [`The guest trapped: ${end.message}.`] : [];
}
