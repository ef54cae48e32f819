import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { monotonicNs } from "../../runtimes/index.ts";
import type { LaunchedBy } from "../../runtimes/index.ts";
import { endWithThis, killGroup, packageFile } from "../../sys/index.ts";
import { EbpfSession } from "../ebpf/session.ts";
import type { Marks, SyscallTotal } from "../ebpf/session.ts";
import type { ObserveJob } from "../observe.ts";
import { findWord } from "./find-word.ts";
import type { FoundWord } from "./find-word.ts";
import { GuestStderr } from "./guest-stderr.ts";
import { startStopped } from "../start-stopped.ts";
import { busiest, isGo, runTimes } from "./threads.ts";

/** What was seen of a run of a guest that says in a word what function is in flight. */
export interface WordRun {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** The raw profile, as the guest wrote it to its standard error. */
  readonly text: string;
  readonly marks: Marks;
  readonly syscalls: readonly SyscallTotal[];
  /** Absent where the guest's word was not found: then no system call is inside of a function. */
  readonly found?: FoundWord;
  /** The thread that ran while the guest waited. */
  readonly busiest?: number;
  readonly attachNs: number;
}

/** A guest that has not been found is looked for this often. */
const againMs = 100;
/** One that has not said that it waits is looked for after this: its runtime may hold back what it writes. */
const silentMs = 2000;

/**
 * Runs a command while the kernel counts system calls, by the function that the
 * guest's word says. Throws a `KernelRefusal` when the kernel does not let it.
 *
 * @param beside Attaches what else is to watch the process, before that begins.
 */
export async function wordRun(
  command: LaunchedBy,
  pattern: number,
  { stdin = 0, stdout = 1, stderr = 2, timeoutMs }: ObserveJob,
  beside: (pid: number) => void = () => {},
): Promise<WordRun> {
  const { pid, child, ended } = await startStopped(command, [stdin, stdout, "pipe"]);
  const forget = endWithThis(pid);
  const taken = new GuestStderr(child, stderr);
  let session: EbpfSession | undefined;
  try {
    const before = monotonicNs();
    session = new EbpfSession(readFileSync(packageFile("hosts/ebpf/wasi.bpf.o")), { pid });
    const attachNs = monotonicNs() - before;
    beside(pid);
    process.kill(pid, "SIGCONT");
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => killGroup(pid), timeoutMs);
    await Promise.race([taken.called, ended, sleep(silentMs)]);
    const looked = await lookFor(session, pid, pattern, child);
    const { code, signal } = await ended;
    clearTimeout(timer);
    return {
      code: code ?? undefined,
      signal: signal ?? undefined,
      text: await taken.text(),
      marks: session.marks(),
      syscalls: session.syscalls(),
      attachNs: attachNs + (looked.found?.searchNs ?? 0),
      ...looked,
    };
  } finally {
    killGroup(pid);
    session?.close();
    forget();
  }
}

/** Looks for the guest's word until it is found or the guest has ended. */
async function lookFor(
  session: EbpfSession,
  root: number,
  pattern: number,
  child: ChildProcess,
): Promise<Pick<WordRun, "found" | "busiest">> {
  const watch = (pid: number, address: number): void =>
    session.watchWord(pid, { address, pattern, goroutines: isGo(pid) });
  while (child.exitCode === null && child.signalCode === null) {
    const before = runTimes(root);
    let after: ReadonlyMap<number, number> = before;
    const found = findWord(root, pattern, (pid, address) => {
      watch(pid, address);
      after = runTimes(root);
    });
    if (found !== undefined) {
      const thread = busiest(before, after);
      return { found, ...(thread === undefined ? {} : { busiest: thread }) };
    }
    await sleep(againMs);
  }
  return {};
}
