import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchedBy } from "../runtimes/index.ts";
import { packageFile } from "../sys/index.ts";

/** A stopped process is looked at this often until it is. */
const lookMs = 2;
/** The number of prctl(2). */
const prctl: Readonly<Partial<Record<string, number>>> = { x64: 157, arm64: 167 };

/** A process that waits for SIGCONT, with how it will end. */
export interface Stopped {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/**
 * Starts a command, in a group of its own, that is stopped just before it becomes that command. The kernel ends it when
 * this process ends, by SIGKILL, too.
 *
 * @param stdio Descriptors of its standard streams.
 */
export async function startStopped(
  { file, args, env, cwd }: LaunchedBy,
  stdio: readonly [stdin: number, stdout: number, stderr: number | "pipe"],
): Promise<Stopped> {
  const script = packageFile("hosts/ebpf/stopped.pl");
  const numbers = [String(prctl[process.arch]), String(process.pid)];
  const child = spawn("perl", [script, ...numbers, file, ...args], {
    stdio: [...stdio],
    env: { ...process.env, ...env },
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const ended = exitOf(child);
  // The end is looked at by who waits for it.
  ended.catch(() => undefined);
  const runs = (): boolean => child.exitCode === null && child.signalCode === null;
  while (child.pid !== undefined && runs() && !isStopped(child.pid)) {
    await sleep(lookMs);
  }
  if (child.pid === undefined) await ended;
  return { pid: child.pid!, child, ended };
}

function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat[stat.lastIndexOf(")") + 2] === "T";
  } catch {
    // It was ended meanwhile.
    return false;
  }
}

function exitOf(child: ChildProcess): Stopped["ended"] {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
