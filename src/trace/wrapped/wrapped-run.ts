import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  parseLastDump,
  RawProfileError,
  readWasiTable,
  Refusal,
  wrappedMode,
  wrapWasi,
} from "../../instrument/index.ts";
import type { WasiTable } from "../../instrument/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import type { LaunchedBy } from "../../runtimes/index.ts";
import type { ObservedRuntime, ObserveJob } from "../observe.ts";

/** A command that runs a module whose WASI functions are wrapped. */
export interface WrappedRun {
  readonly command: LaunchedBy;
  /** Names of the wrapped imports, in the order of their numbers from 1 on. */
  readonly functions: readonly string[];
}

/**
 * Wraps a module's WASI functions in a file of its own and works with the command that runs it. Throws a `CannotRun`
 * when the module cannot be wrapped.
 *
 * @param wordPattern Where the guest is to say what function is in flight: see `WrapOptions`.
 */
export async function withWrapped<T>(
  { runtime, found, tier }: ObservedRuntime,
  job: ObserveJob,
  wordPattern: number | undefined,
  work: (wrapped: WrappedRun) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-wasi-"));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const { bytes, functions } = wrap(job, wordPattern);
    const { args, env, dirs, invoke } = job;
    const module = join(folder, basename(job.module));
    writeFileSync(module, bytes);
    const prepared = await runtime.prepare?.(found, tier, { module, folder });
    const command = runtime.command(found, tier, {
      module: prepared?.artefact ?? module,
      args,
      env,
      dirs,
      ...(invoke === undefined ? {} : { invoke }),
    });
    return await work({ command, functions });
  } finally {
    process.removeListener("exit", clean);
    clean();
  }
}

function wrap(
  { module, invoke }: Pick<ObserveJob, "module" | "invoke">,
  wordPattern: number | undefined,
): ReturnType<typeof wrapWasi> {
  try {
    return wrapWasi(readFileSync(module), {
      timed: true,
      sink: "stderr",
      ...(wordPattern === undefined ? {} : { wordPattern }),
      ...(invoke === undefined ? {} : { dumpAfter: invoke.name }),
    });
  } catch (error) {
    throw error instanceof Refusal ? new CannotRun(error.message) : error;
  }
}

/**
 * Reads the table out of what a guest has written to its standard error. Throws a `CannotRun` that says how it ended
 * when it has not written one.
 */
export function tableOf(
  text: string,
  functions: readonly string[],
  { code, signal }: { readonly code?: number | undefined; readonly signal?: string | undefined },
): WasiTable {
  try {
    const words = parseLastDump(text, wrappedMode);
    if (words !== undefined) return readWasiTable(words, functions);
  } catch (error) {
    if (!(error instanceof RawProfileError)) throw error;
  }
  if (code === 0) {
    throw new CannotRun("the guest ended well, but what its wrappers counted did not arrive");
  }
  const how = signal === undefined ? `with exit code ${code}` : `by ${signal}`;
  throw new CannotRun(`the guest was stopped or trapped, its wrappers tell nothing then (${how})`);
}
