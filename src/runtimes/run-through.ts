import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isatty } from "node:tty";
import { endWithThis, killGroup, watchForEnd, whereIs } from "../sys/index.ts";
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

let endsWithParent: boolean | undefined;

/** Has the kernel end a program when this process is killed, where util-linux has the tool that asks for that. */
function endingWithThis({ file, args }: LaunchedBy): Pick<LaunchedBy, "file" | "args"> {
  const asking = ["--pdeathsig", "KILL", "--"];
  const isThere = file.includes("/") ? existsSync(file) : whereIs(file) !== undefined;
  // What is not there is said in the words of who would have started it.
  if (process.platform !== "linux" || !isThere) return { file, args };
  endsWithParent ??= spawnSync("setpriv", [...asking, "true"]).status === 0;
  return endsWithParent ? { file: "setpriv", args: [...asking, file, ...args] } : { file, args };
}

/**
 * Runs a command with this process's own standard streams, to its end or to a limit. It does not outlive this process.
 * Never rejects because of what the command does.
 */
export function runThrough(command: LaunchedBy, limits: RunLimits = {}): Promise<ColdEnd> {
  return new Promise((resolve) => {
    watchForEnd();
    const { file, args } = endingWithThis(command);
    const child = spawn(file, args, {
      cwd: command.cwd,
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
