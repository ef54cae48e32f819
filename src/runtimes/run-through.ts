import { spawn } from "node:child_process";
import { isatty } from "node:tty";
import { endWithThis, killGroup, watchForEnd } from "../sys/index.ts";
import { residentBytes } from "./launch/usage.ts";
import type { ColdEnd } from "./run-cold.ts";
import type { LaunchedBy } from "./runtime.ts";

/** Limits of a run. */
export interface RunLimits {
  readonly timeoutMs?: number;
  /** The most memory that the process and its children may have resident. */
  readonly residentBytes?: number;
}

const lookMs = 20;

/**
 * Runs a command with this process's own standard streams, to its end or to a limit. It does not outlive this process.
 * Never rejects because of what the command does.
 */
export function runThrough(command: LaunchedBy, limits: RunLimits = {}): Promise<ColdEnd> {
  return new Promise((resolve) => {
    watchForEnd();
    const child = spawn(command.file, command.args, {
      stdio: "inherit",
      env: { ...process.env, ...command.env },
      // A terminal stops what reads from it out of another group than its own.
      detached: !isatty(0),
    });
    const { pid } = child;
    const forget = pid === undefined ? (): void => {} : endWithThis(pid);
    let reached: "timeout" | "memory" | undefined;
    const end = (why: "timeout" | "memory"): void => {
      reached ??= why;
      if (pid !== undefined) killGroup(pid);
    };
    const { timeoutMs, residentBytes: most = Infinity } = limits;
    const timers = [
      ...(timeoutMs === undefined ? [] : [setTimeout(() => end("timeout"), timeoutMs)]),
      ...(most === Infinity || pid === undefined
        ? []
        : [setInterval(() => residentBytes(pid) > most && end("memory"), lookMs)]),
    ];
    const finish = (how: ColdEnd): void => {
      for (const timer of timers) clearTimeout(timer);
      forget();
      resolve(reached === undefined ? how : { kind: reached });
    };
    child.once("error", ({ message }) => finish({ kind: "failed", message }));
    child.once("exit", (code, signal) =>
      finish(
        code === null ? { kind: "signal", signal: signal ?? "SIGKILL" } : { kind: "exit", code },
      ),
    );
  });
}
