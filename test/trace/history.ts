import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { runtimes } from "../../src/runtimes/index.ts";
import { observeByEbpf } from "../../src/trace/index.ts";
import type { ObservedFunction, ObservedSyscall } from "../../src/trace/index.ts";
import { seeksAndWrites } from "./guests.ts";

/** What was seen of one function of the load. */
export interface CallCosts {
  readonly calls: number;
  /** The median of a call's time, with what measuring costs. */
  readonly timeNs: number;
  /** System calls on the file: all, and those that the calling thread made itself. */
  readonly fileCalls: number;
  readonly ownFileCalls: number;
  /** Futex calls of the calling thread, a call. */
  readonly futexes: number;
  /** System calls of other threads meanwhile, a call. */
  readonly helperCalls: number;
  /** How often the calling thread gave up its processor, a call. */
  readonly switches: number;
  /** The share of calls whose work another thread did. */
  readonly hops: number;
}

/** One version's figures. */
export interface HistoryRow {
  readonly selector: string;
  readonly version: string;
  readonly write: CallCosts;
  readonly seek: CallCosts;
}

const fileSyscalls = /^(?:p?writev?2?|pwrite64|lseek|pwritev)$/;

/**
 * Runs the load of wasmtime's issue 7973 on a runtime: to a file's start, 13 bytes, so often. Throws what `observeByEbpf`
 * throws, and an `Error` when the runtime is not there.
 */
export async function readHistory(
  selector: string,
  work: string,
  count: number,
): Promise<HistoryRow> {
  const [name, version] = selector.split("@");
  const runtime = runtimes.find((one) => one.name === name)!;
  const found = await runtime.find(version);
  if (!found.found) throw new Error(`${found.why}: ${found.mend}`);
  const folder = join(work, selector);
  mkdirSync(folder, { recursive: true });
  const module = join(work, "history.wasm");
  writeFileSync(module, seeksAndWrites(count).bytes);
  const stdout = openSync(devNull, "w");
  try {
    const { functions } = await observeByEbpf(
      { runtime, found, tier: runtime.tiers[0]! },
      {
        module,
        names: ["path_open", "fd_seek", "fd_write"],
        args: ["history"],
        env: {},
        dirs: [{ host: folder, guest: "." }],
        stdout,
        timeoutMs: 120_000,
        calibrate: "none",
      },
    );
    const costs = (called: string): CallCosts =>
      costsOf(functions.find((one) => one.name === called));
    return {
      selector,
      version: found.version,
      write: costs("fd_write"),
      seek: costs("fd_seek"),
    };
  } finally {
    closeSync(stdout);
  }
}

function costsOf(seen: ObservedFunction | undefined): CallCosts {
  const {
    calls = 0,
    p50Ns = 0,
    contextSwitches = 0,
    syscalls = [],
    helperSyscalls = [],
  } = seen ?? {};
  const sum = (all: readonly ObservedSyscall[], which: RegExp): number =>
    all.filter((one) => which.test(one.name)).reduce((total, one) => total + one.count, 0);
  const each = (total: number): number => total / Math.max(calls, 1);
  const [own, helpers] = [sum(syscalls, fileSyscalls), sum(helperSyscalls, fileSyscalls)];
  return {
    calls,
    timeNs: p50Ns,
    fileCalls: own + helpers,
    ownFileCalls: own,
    futexes: each(sum(syscalls, /^futex$/)),
    helperCalls: each(sum(helperSyscalls, /(?:)/)),
    switches: each(contextSwitches),
    hops: each(helpers),
  };
}
