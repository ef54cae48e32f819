import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

/** One prepared program or module; paths are relative to `cache` except the host folder `work`, fresh for each run. */
export type Row = {
  readonly name: string;
  readonly file: string;
  readonly language: string;
  readonly origin: string;
  readonly sizeBytes: number;
  /** A WASI command that `run-guest` starts. */
  readonly wasi: boolean;
  /** For other modules: the script under test/real/drivers that uses the module through its package's own glue. */
  readonly driver?: string;
  /** The folder of installed packages that the driver imports from. */
  readonly packages?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly dirs?: readonly (readonly [host: string, guest: string])[];
  readonly expectedExit?: number;
};

/** Holds the prepared programs (git-ignored). */
export const cache: string = join(root, ".cache/real");

const manifest = join(cache, "manifest.json");

/** Why there is nothing to run, or false. */
export const unprepared: string | false = existsSync(manifest)
  ? false
  : missing("no real programs here; run: node scripts/real-programs.mjs").skip;

/** Lists the prepared programs, none when nothing is prepared. */
export const rows: readonly Row[] = readRows();

function readRows(): readonly Row[] {
  if (unprepared) return [];
  const parsed: readonly Row[] = JSON.parse(readFileSync(manifest, "utf8"));
  return parsed;
}

/** Tells whether a row can be run, by WASI or by its driver. */
export function isRunnable(row: Row): boolean {
  return row.wasi || row.driver !== undefined;
}
