import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../test/root.ts";
import type { Workload } from "./bench-workloads.ts";

/** How V8 compiles: as users have it, or everything by its optimising compiler before the start. */
export type Tier = "default" | "turbofan";

/** Node's options for each tier. */
export const tierFlags: Readonly<Record<Tier, readonly string[]>> = {
  // A function that runs once, however long, stays in the baseline compiler's code: V8 cannot replace it on the stack.
  default: [],
  turbofan: ["--no-wasm-lazy-compilation", "--no-liftoff", "--no-wasm-tier-up"],
};

/** What one run cost, in microseconds of CPU time over all threads of the process. */
export interface Cost {
  /** `_start` alone. */
  readonly runUs: number;
  /** Reading, compiling and instantiating. */
  readonly loadUs: number;
}

/** No workload takes a minute; one that an instrumentation bug sent into a loop must end. */
const timeoutMs = 600_000;

interface GuestRecord {
  readonly exitCode?: number;
  readonly trap?: string;
  readonly run: { readonly cpuUs: number };
  readonly load: { readonly cpuUs: number };
}

/**
 * Runs a module as the workload says, in a fresh Node process (so nothing that V8 compiled before is found again).
 * Throws when it traps, fails, or prints something else than `stdoutSha256`.
 */
export function runGuest(
  workload: Workload,
  file: string,
  tier: Tier,
): Cost & { stdoutSha256: string } {
  const work = mkdtempSync(join(tmpdir(), "bench-work-"));
  const dirs = workload.dirs.map(([host, guest]) => [host === "work" ? work : host, guest]);
  const { name, args, env } = workload;
  const job = JSON.stringify({ file, name, args, env, dirs, resultFd: 3 });
  const script = join(root, "scripts/bench-guest.mjs");
  const child = spawnSync(process.execPath, ["--no-warnings", ...tierFlags[tier], script, job], {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    input: workload.stdin,
    maxBuffer: 1 << 30,
    timeout: timeoutMs,
  });
  rmSync(work, { recursive: true, force: true });
  const report = child.output?.[3]?.toString() ?? "";
  const errors = String(child.stderr).trim().slice(-500);
  if (report === "") throw new Error(`no result (${child.signal ?? child.status}): ${errors}`);
  const record: GuestRecord = JSON.parse(report);
  if (record.trap !== undefined) throw new Error(`trapped: ${record.trap} ${errors}`);
  if (record.exitCode !== 0) throw new Error(`exit code ${record.exitCode}: ${errors}`);
  const stdoutSha256 = createHash("sha256").update(child.stdout).digest("hex");
  if (workload.stdoutSha256 !== undefined && workload.stdoutSha256 !== stdoutSha256) {
    throw new Error(`wrong output: ${String(child.stdout).slice(0, 200)}`);
  }
  return { runUs: record.run.cpuUs, loadUs: record.load.cpuUs, stdoutSha256 };
}
