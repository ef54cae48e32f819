import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Found, LaunchedBy } from "../runtimes/index.ts";
import { whereIs } from "../sys/index.ts";
import { catalogue } from "./catalogue.ts";
import { Elf, ElfError } from "./elf.ts";
import { findFunctions } from "./find-functions.ts";
import type { FoundFunctions } from "./find-functions.ts";

/** The file of a runtime that has its WASI functions, and where they are in it. */
export interface TraceTarget {
  readonly path: string;
  readonly places: FoundFunctions;
  /** Whether what the functions return says if they failed. */
  readonly returnsErrno: boolean;
}

/** How deep in a runtime's folder its library is looked for. */
const deepest = 3;

/**
 * Finds the WASI functions of a runtime in its program or library. Undefined when nothing is known of this runtime, or
 * none of its files has symbols.
 */
export function findTarget(
  runtime: string,
  found: Found,
  command: LaunchedBy,
  wanted: (name: string) => boolean,
): TraceTarget | undefined {
  const rows = catalogue.filter((row) => row.runtime === runtime);
  for (const path of candidates(found, command)) {
    for (const row of rows) {
      const places = placesIn(path, row, wanted);
      if (places !== undefined) return { path, places, returnsErrno: row.returnsErrno };
    }
  }
  return undefined;
}

function placesIn(
  path: string,
  row: (typeof catalogue)[number],
  wanted: (name: string) => boolean,
): FoundFunctions | undefined {
  const descriptor = openSync(path, "r");
  try {
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    return findFunctions(elf, row, wanted);
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Lists files that may have the runtime's code: its library first, since a host may load it into another program. */
function candidates({ path }: Found, { file }: LaunchedBy): string[] {
  const inFolder =
    existsSync(path) && statSync(path).isDirectory() ? filesBelow(path, deepest) : [];
  const program = isAbsolute(file) ? file : whereIs(file);
  return [...inFolder, ...(program === undefined ? [] : [program])].map((one) => realpathSync(one));
}

function filesBelow(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth > 0 ? filesBelow(path, depth - 1) : [];
    return entry.name.endsWith(".so") ? [path] : [];
  });
}
