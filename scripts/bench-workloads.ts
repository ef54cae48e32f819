import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../test/root.ts";
import { type Group, loadManifest } from "../src/bench/workloads.ts";

/** A WASI command with what it is given. */
export interface Workload {
  readonly name: string;
  readonly group: Group;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The text on its standard input. */
  readonly stdin: string;
  /** Pairs of an absolute host folder and a guest folder; `work` stands for a folder that is new for every run. */
  readonly dirs: readonly (readonly [host: string, guest: string])[];
  /** Of the expected output; absent where no output was agreed on. */
  readonly stdoutSha256?: string;
}

/** The others compare runtimes, and have sizes that take minutes. */
const profiled: readonly Group[] = ["coremark", "kernel", "worst", "program", "example"];

/** Lists our own workloads on which profiling is measured; `quick` takes each row's small input. */
export function readOwnWorkloads(quick: boolean): Workload[] {
  const rows = loadManifest().workloads.filter(({ group }) => profiled.includes(group));
  return rows.map((row) => {
    const { args, stdoutSha256 } = quick ? row.sizes.mini : (row.sizes.large ?? row.sizes.mini);
    const dirs = row.dirs.map(([host, guest]) => [join(root, host), guest] as const);
    const { name, group } = row;
    const file = join(root, row.file);
    return { name, group, file, args, env: {}, stdin: "", dirs, stdoutSha256: stdoutSha256! };
  });
}

/** The prepared real programs, as test/real reads them too. */
interface RealRow {
  readonly name: string;
  readonly file: string;
  /** A WASI command; other modules have a driver of their own, which is not run here. */
  readonly wasi: boolean;
  readonly expectedExit?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly dirs?: readonly (readonly [host: string, guest: string])[];
}

const cache = join(root, ".cache/real");

function readRealRows(): RealRow[] {
  const manifest = join(cache, "manifest.json");
  if (!existsSync(manifest)) return [];
  const rows: RealRow[] = JSON.parse(readFileSync(manifest, "utf8"));
  return rows;
}

/**
 * Lists the real programs that run to a normal end, with inputs that are done at once or `long` ones; none when
 * nothing is prepared.
 */
export function readRealWorkloads(long = false): Workload[] {
  const folder = (host: string): string => (long && host === "inputs" ? "long-inputs" : host);
  return readRealRows()
    .filter(({ wasi, expectedExit }) => wasi && (expectedExit ?? 0) === 0)
    .map(({ name, file, args = [], env = {}, stdin = "", dirs = [] }) => ({
      name,
      group: "real",
      file: join(cache, file),
      args,
      env,
      stdin,
      dirs: dirs.map(([host, guest]) => [
        host === "work" ? host : join(cache, folder(host)),
        guest,
      ]),
    }));
}

/** Lists the files of all real modules, those included that do not run here, each once. */
export function readRealModules(): { readonly name: string; readonly file: string }[] {
  const files = new Map<string, string>();
  for (const { name, file } of readRealRows()) {
    if (!files.has(file)) files.set(file, name);
  }
  return [...files].map(([file, name]) => ({ name, file: join(cache, file) }));
}
