import { basename } from "node:path";
import { CannotRun } from "../../runtimes/index.ts";
import { readInput } from "../../sys/index.ts";
import type { ObserveJob } from "../../trace/index.ts";
import { decodeModule, isComponent } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Parsed } from "../command.ts";
import { duration } from "../files.ts";
import { givenGuest } from "./profile-guest.ts";
import type { WasiLoad } from "./wasi-look.ts";

const wasiModules = ["wasi_snapshot_preview1", "wasi_unstable"];

/** Finds the module's file on the command line. Throws a `UsageError`. */
export function operand({ positionals }: Parsed): string {
  const [path, surplus] = positionals;
  if (path === undefined) throw new UsageError("which module?");
  if (surplus === undefined) return path;
  throw new UsageError(`arguments for the guest stand behind --: ${surplus}`);
}

/**
 * Reads from the command line what is run. Throws a `UsageError`, or a `CannotRun` for what is no module with WASI's
 * functions.
 */
export function loadOf(parsed: Parsed, path: string): WasiLoad {
  const job = jobOf(parsed, path);
  return { load: basename(path), size: 1, sizeText: sizeText(job), job };
}

function jobOf(parsed: Parsed, path: string): ObserveJob {
  const timeout = parsed.value("timeout");
  return {
    module: path,
    names: importedFunctions(path),
    ...givenGuest(parsed, path),
    ...(timeout === undefined ? {} : { timeoutMs: duration(timeout, "timeout") }),
    ...(parsed.flag("json") ? { stdout: 2 } : {}),
  };
}

/** Lists the functions of WASI that a module's file imports. Throws a `CannotRun` when there are none. */
export function importedFunctions(path: string): string[] {
  const bytes = readInput(path);
  if (isComponent(bytes)) {
    throw new CannotRun("it is a component, whose WASI is another one: take the core module in it");
  }
  const names = decodeModule(bytes)
    .imports.filter(({ kind, module }) => kind === "func" && wasiModules.includes(module))
    .map(({ name }) => name);
  if (names.length === 0) throw new CannotRun(`${path} imports no function of WASI's`);
  return [...new Set(names)];
}

function sizeText({ args, invoke }: ObserveJob): string {
  return (invoke === undefined ? args.slice(1) : [invoke.name, ...invoke.args]).join(" ");
}
