import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runCold } from "../runtimes/index.ts";
import type { ColdEnd, Found, RunJob, Runtime, Tier } from "../runtimes/index.ts";
import { packageFile } from "../sys/index.ts";
import { inputFile } from "./inputs/index.ts";
import type { SizeName, WorkloadRow } from "./manifest.ts";

/** A runtime that is there, in one of its tiers. */
export interface Engine {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}

/** How a workload ran in a fresh process. */
export interface WorkloadRun {
  readonly end: ColdEnd;
  readonly stdoutSha256: string;
  /** The end of what it wrote to standard error. */
  readonly stderr: string;
  readonly wallNs: number;
  /** What is wrong: how it ended, or that it printed something else; absent when nothing is. */
  readonly wrong?: string;
}

/**
 * Runs a workload once in a fresh process, its files in a folder that is gone afterwards. Throws a `CannotRun` when
 * the runtime cannot prepare the module, and an `Error` for a size that the workload has not.
 */
export async function runWorkload(
  { runtime, found, tier }: Engine,
  row: WorkloadRow,
  size: SizeName,
  timeoutMs = 600_000,
): Promise<WorkloadRun> {
  const given = row.sizes[size];
  if (given === undefined) throw new Error(`${row.name} has no size ${size}`);
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-workload-"));
  try {
    const module = packageFile(row.file);
    const artefact = (await runtime.prepare?.(found, tier, { module, folder }))?.artefact;
    const [stdout, stderr] = [join(folder, "stdout"), join(folder, "stderr")];
    const job = { module: artefact ?? module, ...givenTo(row, size, join(folder, "work")) };
    const { end, wallNs } = await runCold(runtime.command(found, tier, job), {
      stdout,
      stderr,
      timeoutMs,
      ...(given.stdin === undefined ? {} : { stdin: inputFile(given.stdin) }),
    });
    const ran = {
      end,
      wallNs,
      stdoutSha256: await sha256Of(stdout),
      stderr: readFileSync(stderr, "utf8").slice(-2000),
    };
    const wrong = wrongWith(ran, given.stdoutSha256);
    return wrong === undefined ? ran : { ...ran, wrong };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives what a workload is run with; `work` is made, and stands for the folder that is new for every run. */
export function givenTo(row: WorkloadRow, size: SizeName, work: string): Omit<RunJob, "module"> {
  const args = row.sizes[size]?.args ?? [];
  if (row.dirs.length > 0) mkdirSync(work, { recursive: true });
  const dirs = row.dirs.map(([host, guest]) => ({
    host: host === "work" ? work : packageFile(host),
    guest,
  }));
  return { args: [row.name, ...args], env: {}, dirs };
}

function wrongWith(
  { end, stdoutSha256, stderr }: Omit<WorkloadRun, "wrong">,
  expected: string | undefined,
): string | undefined {
  const words = stderr.trim() === "" ? "" : `: ${stderr.trim().split("\n").at(-1)}`;
  switch (end.kind) {
    case "exit":
      if (end.code !== 0) return `exit code ${end.code}${words}`;
      break;
    case "signal":
      return `${end.signal}${words}`;
    case "failed":
      return end.message;
    default:
      return end.kind;
  }
  if (expected === undefined || stdoutSha256 === expected) return undefined;
  return `other output than the manifest says (sha256 ${stdoutSha256})`;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
