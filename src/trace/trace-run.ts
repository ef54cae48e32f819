import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchedBy } from "../runtimes/index.ts";
import { endWithThis, killGroup, packageFile } from "../sys/index.ts";
import { EbpfSession } from "./ebpf/session.ts";
import type { FunctionTotal, Marks, SyscallTotal } from "./ebpf/session.ts";
import type { TraceTarget } from "./target.ts";

/** What was seen of one run. */
export interface TracedRun {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly marks: Marks;
  readonly functions: readonly FunctionTotal[];
  readonly syscalls: readonly SyscallTotal[];
  /** How long attaching took, which the run is not charged with. */
  readonly attachNs: number;
}

/** How a run is watched. */
export interface TraceOptions {
  /** Names of WASI functions; their numbers in the results are their places, from 1 on. */
  readonly names: readonly string[];
  readonly timeoutMs?: number;
  /** Where the guest's standard output goes; this process's own unless it is said. */
  readonly stdout?: number;
  /** Where its standard input comes from; this process's own unless it is said. */
  readonly stdin?: number;
  /** Where its standard error goes; this process's own unless it is said. */
  readonly stderr?: number;
}

/** A stopped process is looked at this often until it is. */
const lookMs = 2;

/**
 * Runs a command with this process's standard streams while the kernel counts its WASI functions and system calls. The
 * process waits, stopped, until everything is attached. Throws a `KernelRefusal` when the kernel does not let it.
 */
export async function traceRun(
  command: LaunchedBy,
  { path, places }: TraceTarget,
  { names, timeoutMs, stdin = 0, stdout = 1, stderr = 2 }: TraceOptions,
): Promise<TracedRun> {
  const child = await startStopped(command, [stdin, stdout, stderr]);
  const { pid } = child;
  const forget = endWithThis(pid!);
  let session: EbpfSession | undefined;
  const ended = exitOf(child);
  try {
    const before = process.hrtime.bigint();
    session = new EbpfSession(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")), {
      pid: pid!,
      path,
      places,
      numberOf: (name) => names.indexOf(name) + 1,
    });
    const attachNs = Number(process.hrtime.bigint() - before);
    process.kill(pid!, "SIGCONT");
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => killGroup(pid!), timeoutMs);
    const { code, signal } = await ended;
    clearTimeout(timer);
    return {
      code: code ?? undefined,
      signal: signal ?? undefined,
      marks: session.marks(),
      functions: session.functions(),
      syscalls: session.syscalls(),
      attachNs,
    };
  } finally {
    killGroup(pid!);
    session?.close();
    forget();
  }
}

async function startStopped(
  { file, args, env, cwd }: LaunchedBy,
  stdio: [stdin: number, stdout: number, stderr: number],
): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", 'kill -STOP $$; exec "$@"', "sh", file, ...args], {
    stdio,
    env: { ...process.env, ...env },
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  while (!isStopped(child.pid!)) await sleep(lookMs);
  return child;
}

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat[stat.lastIndexOf(")") + 2] === "T";
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
