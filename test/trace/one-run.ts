import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { parseLastDump, readWasiTable, wrappedMode, wrapWasi } from "../../src/instrument/index.ts";
import { packageFile } from "../../src/sys/index.ts";
import { EbpfSession } from "../../src/trace/ebpf/session.ts";
import type { ObservedRuntime } from "../../src/trace/index.ts";
import { findTarget } from "../../src/trace/target.ts";
import { calibrationOf, readFunctions } from "../../src/trace/wrapped/read-functions.ts";
import { wordRun } from "../../src/trace/wrapped/word-run.ts";
import { WordSyscalls } from "../../src/trace/wrapped/word-syscalls.ts";

/** What one way has seen of a function: nanoseconds of all its calls as measured, and system calls inside of them. */
export interface SeenBy {
  readonly calls: number;
  readonly ns: number;
  readonly syscalls: number;
}

/** A function in one run of one process that was watched in all ways at once. */
export interface SeenByAll {
  readonly name: string;
  /** Probes on the runtime's functions. */
  readonly probes: SeenBy;
  /** Clocks around the imports; the kernel told the system calls' function by the guest's word. */
  readonly wrappers: SeenBy;
}

/** A run that was watched in all ways at once. */
export interface OneRun {
  readonly functions: readonly SeenByAll[];
  /** What a reading of the guest's clock takes, which is in each time of the wrappers. */
  readonly clockNs: number;
  /** Where the runtime's functions are. */
  readonly path: string;
}

const pattern = 0x3a6c_71d5;
/** The wrappers call these themselves: the kernel counts more of them than the guest has made. */
const ofWrappers: readonly string[] = ["clock_time_get", "fd_write"];

/**
 * Runs a guest once on a runtime whose symbols are known, with its imports wrapped, its word watched, and probes on the
 * runtime's functions. Gives what both have seen of the guest's functions, those left out that wrappers call, too.
 */
export async function watchInAllWays(
  { runtime, found, tier }: ObservedRuntime,
  guest: { readonly bytes: Uint8Array; readonly args: readonly string[] },
): Promise<OneRun> {
  const folder = mkdtempSync(join(tmpdir(), "one-run-"));
  const nowhere = openSync(devNull, "w");
  let session: EbpfSession | undefined;
  try {
    const wrapped = wrapWasi(guest.bytes, { timed: true, sink: "stderr", wordPattern: pattern });
    const names = wrapped.functions.filter((name) => !ofWrappers.includes(name));
    const module = join(folder, "wrapped.wasm");
    writeFileSync(module, wrapped.bytes);
    const job = { module, args: guest.args, env: {}, dirs: [{ host: folder, guest: "." }] };
    const command = runtime.command(found, tier, job);
    const target = findTarget(runtime.name, found, command, (name) => names.includes(name));
    if (target === undefined) throw new Error(`${runtime.name} has no symbols`);
    const object = readFileSync(packageFile("hosts/ebpf/wasi.bpf.o"));
    const run = await wordRun(command, pattern, { ...job, names, stdout: nowhere }, (pid) => {
      const { path, places } = target;
      const numberOf = (name: string): number => names.indexOf(name) + 1;
      session = new EbpfSession(object, { pid, path, places, numberOf });
    });
    const words = parseLastDump(run.text, wrappedMode);
    if (run.code !== 0 || words === undefined) throw new Error(`it ended with ${run.code}`);
    const table = readWasiTable(words, wrapped.functions);
    const syscalls = new WordSyscalls(run.syscalls, wrapped.functions, run.busiest);
    const byWrappers = readFunctions(table, calibrationOf(table, 0), (name) =>
      syscalls.inside(name),
    );
    const byProbes = session?.functions() ?? [];
    const functions = names.map((name, nth) => {
      const own = byWrappers.find((one) => one.name === name);
      const seen = byProbes.find(({ func }) => func === nth + 1);
      return {
        name,
        probes: {
          calls: seen?.calls ?? 0,
          ns: seen?.ns ?? 0,
          syscalls: seen?.syscalls ?? 0,
        },
        wrappers: {
          calls: own?.calls ?? 0,
          ns: own?.timeNs ?? 0,
          syscalls: (own?.syscalls ?? []).reduce((all, { count }) => all + count, 0),
        },
      };
    });
    return { functions, clockNs: table.clockNs, path: target.path };
  } finally {
    session?.close();
    closeSync(nowhere);
    rmSync(folder, { recursive: true, force: true });
  }
}
