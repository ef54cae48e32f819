import { basename } from "node:path";
import { CannotRun } from "../../runtimes/index.ts";
import { packageFile, readInput } from "../../sys/index.ts";
import type { KeptInput } from "../../sys/index.ts";
import { LoadError, loadModule, observeLoad, parseLoads } from "../../trace/index.ts";
import type {
  LoadChoice,
  LoadJob,
  LoadObservation,
  Observation,
  ObserveJob,
} from "../../trace/index.ts";
import { decodeModule, isComponent } from "../../wasm/index.ts";
import type { Import } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Parsed } from "../command.ts";
import { duration } from "../files.ts";
import { givenGuest } from "./profile-guest.ts";

const unstable = "wasi_unstable";
const wasiModules = ["wasi_snapshot_preview1", unstable];

/** Finds the module's file on the command line; there need be none beside `--load`. Throws a `UsageError`. */
export function operand(parsedLine: Parsed): string | undefined {
  const [path, surplus] = parsedLine.positionals;
  if (path === undefined && parsedLine.values("load").length === 0) {
    throw new UsageError("which module?");
  }
  if (surplus === undefined) return path;
  throw new UsageError(`arguments for the guest stand behind --: ${surplus}`);
}

/** What is run on each runtime. */
export interface WasiLoad {
  readonly load: string;
  /** How much of it; 1 for what has no size. */
  readonly size: number;
  /** As records call the size: what was typed. */
  readonly sizeText: string;
  readonly timeoutMs?: number;
  /** Hands what is to be run to `observe`, and gives what it saw. */
  readonly run: (observe: (job: LoadRun) => Promise<Observation>) => Promise<LoadObservation>;
}

/** A run with all of its streams. */
export type LoadRun = ObserveJob & LoadJob;

/** The user's own module as a load: what was given is given to every run of it. */
export function moduleLoad(job: ObserveJob, input: KeptInput | undefined): WasiLoad {
  const [load, size] = [basename(job.module), 1];
  return {
    load,
    size,
    sizeText: sizeText(job),
    ...(job.timeoutMs === undefined ? {} : { timeoutMs: job.timeoutMs }),
    async run(observe) {
      // Several guests cannot read one input: each gets all of it.
      const stdin = reads(job) ? input?.open() : undefined;
      const observation = await observe({
        stdin: 0,
        stdout: 1,
        stderr: 2,
        ...job,
        ...(stdin === undefined ? {} : { stdin }),
      });
      return { load, size, observation };
    },
  };
}

/** The loads of the I/O suite that `--load` names. Throws a `UsageError`. */
export function suiteLoads(texts: readonly string[], timeoutMs: number | undefined): WasiLoad[] {
  if (texts.length === 0) return [];
  const names = importedFunctions(packageFile(loadModule));
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  return texts.flatMap(parsed).flatMap(({ load, sizes }) =>
    sizes.map((size) => ({
      load: load.name,
      size,
      sizeText: String(size),
      ...limit,
      run: (observe) => observeLoad(load, size, (job) => observe({ ...job, names, ...limit })),
    })),
  );
}

function parsed(text: string): LoadChoice[] {
  try {
    return parseLoads(text);
  } catch (error) {
    if (error instanceof LoadError) throw new UsageError(`--load ${error.message}`);
    throw error;
  }
}

const reads = ({ names }: ObserveJob): boolean =>
  names.includes("fd_read") || names.includes("poll_oneoff");

/** Reads what the module is given. Throws a `UsageError`, or a `CannotRun` for what is no module with WASI's functions. */
export function jobOf(parsedLine: Parsed, path: string): ObserveJob {
  const timeoutMs = timeoutOf(parsedLine);
  const imports = wasiImports(path);
  return {
    module: path,
    names: namesIn(imports),
    beforePreview1: imports.some(({ module }) => module === unstable),
    ...givenGuest(parsedLine, path),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(parsedLine.flag("json") ? { stdout: 2 } : {}),
  };
}

/** Reads `--timeout`. */
export function timeoutOf(parsedLine: Parsed): number | undefined {
  const text = parsedLine.value("timeout");
  return text === undefined ? undefined : duration(text, "timeout");
}

/** Lists the functions of WASI that a module's file imports. Throws a `CannotRun` when there are none. */
export function importedFunctions(path: string): string[] {
  return namesIn(wasiImports(path));
}

function namesIn(imports: readonly Import[]): string[] {
  return [...new Set(imports.map(({ name }) => name))];
}

function wasiImports(path: string): Import[] {
  const bytes = readInput(path);
  if (isComponent(bytes)) {
    throw new CannotRun("it is a component, whose WASI is another one: take the core module in it");
  }
  const found = decodeModule(bytes).imports.filter(
    ({ kind, module }) => kind === "func" && wasiModules.includes(module),
  );
  if (found.length === 0) throw new CannotRun(`${path} imports no function of WASI's`);
  return found;
}

function sizeText({ args, invoke }: ObserveJob): string {
  return (invoke === undefined ? args.slice(1) : [invoke.name, ...invoke.args]).join(" ");
}
