import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CannotRun } from "../../runtimes/index.ts";
import type { LaunchedBy } from "../../runtimes/index.ts";

/** A stopped process is looked at this often until it is. */
const lookMs = 2;

/** Starts a command in a group of its own that waits, stopped, before it begins; its standard error is a pipe. */
export async function startStopped(
  { file, args, env, cwd }: LaunchedBy,
  stdin: number,
  stdout: number,
): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", 'kill -STOP $$; exec "$@"', "sh", file, ...args], {
    stdio: [stdin, stdout, "pipe"],
    env: { ...process.env, ...env },
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once("error", ({ message }) => reject(new CannotRun(message)));
  });
  while (!isStopped(child.pid)) await Promise.race([failed, sleep(lookMs)]);
  return child;
}

function isStopped(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat[stat.lastIndexOf(")") + 2] === "T";
}
