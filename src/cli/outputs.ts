import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { printable } from "../profile/index.ts";
import { UsageError } from "./command.ts";
import type { Io } from "./command.ts";

/**
 * Refuses outputs that could not be written, before anything long is done: in a folder that is not there, twice the
 * same file, or over one of the modules that are read. Throws a `UsageError`.
 */
export function checkOutputs(outputs: readonly string[], modules: readonly string[]): void {
  const read = new Set(modules.filter((path) => path !== "-").map((path) => resolve(path)));
  const seen = new Set<string>();
  for (const output of outputs) {
    const path = output === "-" ? output : resolve(output);
    if (seen.has(path)) throw new UsageError(`two outputs go to ${output}`);
    if (read.has(path)) throw new UsageError(`${output} would be written over the module`);
    seen.add(path);
    if (path !== "-") checkWritable(output, path);
  }
}

function checkWritable(output: string, path: string): void {
  const exists = existsSync(path);
  if (exists && statSync(path).isDirectory()) {
    throw new UsageError(`cannot write ${output}: it is a folder`);
  }
  try {
    accessSync(exists ? path : dirname(path), constants.W_OK);
  } catch (error) {
    const why = (error as Error).message.replace(/^E[A-Z]+: /, "");
    throw new UsageError(`cannot write ${output}: ${why}`);
  }
}

/** Says on standard error which files were written. */
export function tellOutputs(outputs: readonly string[], io: Pick<Io, "stderr">): void {
  for (const file of outputs.filter((output) => output !== "-")) {
    io.stderr(`wasmscope: wrote ${printable(file)}\n`);
  }
}
