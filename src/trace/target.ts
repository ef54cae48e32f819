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
import { wasiNames } from "./catalogue/row.ts";
import type { CatalogueRow } from "./catalogue/row.ts";
import { catalogue } from "./catalogue.ts";
import { findDebugFile } from "./debug-file.ts";
import { Elf, ElfError } from "./elf.ts";
import { findFunctions } from "./find-functions.ts";
import type { FoundFunctions } from "./find-functions.ts";

/** The file of a runtime that has its WASI functions, and where they are in it. */
export interface TraceTarget {
  readonly path: string;
  readonly places: FoundFunctions;
  /** Whether what the functions return says if they failed. */
  readonly returnsErrno: boolean;
  /** Whether functions of the time before preview1 are others, which are not among the places. */
  readonly onlyPreview1?: true;
  /** What a reader of the counts must know, a sentence each: functions that are not seen, or at a high price. */
  readonly notes?: readonly string[];
}

/** How deep in a runtime's folder its library is looked for. */
const deepest = 3;
const machineX86 = 62;

/**
 * Finds the WASI functions of a runtime in its program or library. Undefined when nothing is known of this runtime, or
 * none of its files has symbols: `whyNoSymbols` says which.
 */
export function findTarget(
  runtime: string,
  found: Found,
  command: LaunchedBy,
  wanted: (name: string) => boolean,
): TraceTarget | undefined {
  const rows = catalogue.filter((row) => row.runtime === runtime);
  if (rows.length === 0) return undefined;
  for (const path of candidates(found, command)) {
    const best = bestOf(path, rows, wanted);
    if (best === undefined) continue;
    return { path, ...best, notes: notesOn(best.places, wanted) };
  }
  return undefined;
}

interface Match {
  readonly places: FoundFunctions;
  readonly returnsErrno: boolean;
  readonly onlyPreview1?: true;
}

/** Finds the row that knows most functions of a file; the first of several. */
function bestOf(
  path: string,
  rows: readonly CatalogueRow[],
  wanted: (name: string) => boolean,
): Match | undefined {
  return withElf(path, (elf) => {
    if (elf.machine !== machineX86) return undefined;
    const inDebugFile = (row: CatalogueRow): FoundFunctions | undefined => {
      const other = elf.section(".symtab") === undefined ? findDebugFile(path, elf) : undefined;
      if (other === undefined) return undefined;
      return withElf(other, (symbols) => findFunctions(elf, row, wanted, symbols));
    };
    const all = wasiNames.filter(wanted).length;
    let best: Match | undefined;
    for (const row of rows) {
      const places = findFunctions(elf, row, wanted) ?? inDebugFile(row);
      if (places === undefined || (best !== undefined && count(places) <= count(best.places))) {
        continue;
      }
      const { returnsErrno, onlyPreview1 } = row;
      best = { places, returnsErrno, ...(onlyPreview1 && { onlyPreview1 }) };
      if (count(places) === all) break;
    }
    return best;
  });
}

function count(places: FoundFunctions): number {
  return namesIn(places).size;
}

function namesIn({ entries }: FoundFunctions): Set<string> {
  return new Set(entries.map(({ name }) => name));
}

function notesOn(places: FoundFunctions, wanted: (name: string) => boolean): string[] {
  const seen = namesIn(places);
  // It never returns, and what never returns is not counted.
  const missing = wasiNames.filter(
    (name) => wanted(name) && !seen.has(name) && name !== "proc_exit",
  );
  const { stepped } = places;
  return [
    ...(missing.length === 0
      ? []
      : [`not seen, since the compiler left no function of theirs: ${missing.join(", ")}`]),
    ...(stepped.length === 0
      ? []
      : [
          `the kernel steps over their first instruction, 13 to 16 µs a call: ${stepped.join(", ")}`,
        ]),
  ];
}

/** Opens an ELF file for a moment. Undefined for files of other kinds, too. */
function withElf<Result>(path: string, use: (elf: Elf) => Result | undefined): Result | undefined {
  const descriptor = openSync(path, "r");
  try {
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    return use(elf);
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
