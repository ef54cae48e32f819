import { readFileSync } from "node:fs";
import type { LaunchedBy } from "../runtimes/index.ts";
import { endWithThis, killGroup, packageFile } from "../sys/index.ts";
import { EbpfSession } from "./ebpf/session.ts";
import type { Marks } from "./ebpf/session.ts";
import type { FunctionTotal, SyscallTotal } from "./ebpf/totals.ts";
import type { FoundMarks } from "./marks.ts";
import { startStopped } from "./start-stopped.ts";
import type { TraceTarget } from "./target.ts";

/** What was seen of one run. */
export interface TracedRun {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly marks: Marks;
  readonly functions: readonly FunctionTotal[];
  readonly syscalls: readonly SyscallTotal[];
  /** How long attaching took, which the run is not charged with, and how long detaching. */
  readonly attachNs: number;
  readonly detachNs: number;
}

/** How a run is watched. */
export interface TraceOptions {
  /** Names of WASI functions; their numbers in the results are their places, from 1 on. */
  readonly names: readonly string[];
  /** Where the guest begins and ends; else those are its first and its last call. */
  readonly marks?: FoundMarks;
  readonly timeoutMs?: number;
  /** Descriptors of the guest's standard streams; this process's own unless it is said. */
  readonly stdin?: number;
  readonly stdout?: number;
  readonly stderr?: number;
}

/**
 * Runs a command while the kernel counts its WASI functions and system calls. The
 * process waits, stopped, until everything is attached. Throws a `KernelRefusal` when the kernel does not let it.
 */
export async function traceRun(
  command: LaunchedBy,
  { path, places }: TraceTarget,
  { names, marks, timeoutMs, stdin = 0, stdout = 1, stderr = 2 }: TraceOptions,
): Promise<TracedRun> {
  const { pid, ended } = await startStopped(command, [stdin, stdout, stderr]);
  const forget = endWithThis(pid);
  let session: EbpfSession | undefined;
  try {
    const before = process.hrtime.bigint();
    session = new EbpfSession(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")), {
      pid,
      path,
      places,
      ...(marks === undefined ? {} : { marks }),
      numberOf: (name) => names.indexOf(name) + 1,
    });
    const attachNs = nanosecondsSince(before);
    process.kill(pid, "SIGCONT");
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => killGroup(pid), timeoutMs);
    const { code, signal } = await ended;
    clearTimeout(timer);
    const seen = {
      marks: session.marks(),
      functions: session.functions(),
      syscalls: session.syscalls(),
    };
    const ending = process.hrtime.bigint();
    session.close();
    const detachNs = nanosecondsSince(ending);
    return { code: code ?? undefined, signal: signal ?? undefined, ...seen, attachNs, detachNs };
  } finally {
    killGroup(pid);
    session?.close();
    forget();
  }
}

function nanosecondsSince(before: bigint): number {
  return Number(process.hrtime.bigint() - before);
}
