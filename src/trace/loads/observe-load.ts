import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../../runtimes/index.ts";
import type { RunJob } from "../../runtimes/index.ts";
import { packageFile } from "../../sys/index.ts";
import type { LoadObservation } from "../findings/index.ts";
import type { Observation } from "../observation.ts";
import type { Load } from "./load.ts";

/** One run of a load: what to run, and descriptors for its standard streams. */
export interface LoadJob extends RunJob {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** The module that all loads are run by. */
export const loadModule = "workloads/io.wasm";

/**
 * Observes a load at one size: makes a folder for its files, and its standard streams, and hands them to `observe`.
 * Throws a `CannotRun` when the run ends otherwise than with exit code 0, and whatever `observe` throws.
 */
export async function observeLoad(
  load: Load,
  size: number,
  observe: (job: LoadJob) => Promise<Observation>,
): Promise<LoadObservation> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-load-"));
  const work = join(folder, "work");
  mkdirSync(work);
  const stdin = openInput(load, size, folder);
  const output = await openOutput(load, folder);
  const stderrPath = join(folder, "stderr");
  const stderr = openSync(stderrPath, "w");
  try {
    const observation = await observe({
      module: packageFile(loadModule),
      args: ["io", ...load.args(size)],
      env: {},
      dirs: [{ host: work, guest: "." }],
      stdin,
      stdout: output.descriptor,
      stderr,
    });
    const { exitCode, signal } = observation;
    if (exitCode !== 0) {
      const said = readFileSync(stderrPath, "utf8").trim().split("\n").at(-1)!;
      const words = said === "" ? "" : `: ${said}`;
      throw new CannotRun(`${load.name} ended by ${signal ?? `exit code ${exitCode}`}${words}`);
    }
    const { sleepNs } = load;
    return { load: load.name, size, observation, ...(sleepNs === undefined ? {} : { sleepNs }) };
  } finally {
    closeSync(stdin);
    closeSync(stderr);
    output.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function openInput({ stdinBytes }: Load, size: number, folder: string): number {
  const path = join(folder, "stdin");
  const bytes = new Uint8Array(stdinBytes?.(size) ?? 0);
  writeFileSync(path, bytes.fill(0x61));
  return openSync(path, "r");
}

interface Output {
  readonly descriptor: number;
  readonly close: () => void;
}

async function openOutput({ stdout }: Load, folder: string): Promise<Output> {
  const path = join(folder, "stdout");
  if (stdout !== "pipe") {
    const descriptor = openSync(path, "w");
    return { descriptor, close: () => closeSync(descriptor) };
  }
  const { status, error } = spawnSync("mkfifo", [path]);
  if (status !== 0) throw new CannotRun(`mkfifo: ${error?.message ?? `exit code ${status}`}`);
  const reader: ChildProcess = spawn("cat", [path], { stdio: "ignore" });
  // In the thread pool: it waits until the reader is there.
  const writer = await open(path, "w");
  return {
    descriptor: writer.fd,
    close: () => {
      void writer.close();
      reader.kill();
    },
  };
}
