import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { sha256 } from "../sys/index.ts";
import { loadManifest } from "./manifest.ts";
import type { SizeName, WorkloadRow } from "./manifest.ts";
import { inputFile, packageFile } from "./workloads.ts";

/** A module with what it is given: what all arms do. */
export interface Task {
  /** The module's name, as in records. */
  readonly module: string;
  readonly file: string;
  readonly moduleSha256: string;
  /** The manifest's size, or the arguments. */
  readonly size: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Pairs of a host and a guest folder; `work` stands for a folder that is new for every run. */
  readonly dirs: readonly (readonly [host: string, guest: string])[];
  readonly stdin?: string;
  /** SHA-256 of what must be printed; without it the first arm's output is what others must print. */
  readonly stdoutSha256?: string;
  /** An exported function instead of `_start`. */
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
}

/** Says that there is nothing to measure under a name. */
export class UnknownTask extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnknownTask";
  }
}

/** Groups of workloads that are for comparing runtimes, in the order of `all`. */
export const suites = ["polybench", "matmul", "edge", "io"] as const;

/** What stands beside a module or suite on the command line. */
export interface TaskOptions {
  readonly size: SizeName;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dirs: readonly (readonly [host: string, guest: string])[];
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
}

/**
 * Finds what a word means: a module's file, a group of workloads, one workload, or `all`. Rows that have not the size
 * asked for are left out of groups. Throws an `UnknownTask`.
 */
export function tasksOf(word: string, options: TaskOptions): Task[] {
  const rows = loadManifest().workloads;
  const group = rows.filter((row) =>
    word === "all" ? suites.some((suite) => suite === row.group) : row.group === word,
  );
  if (group.length > 0) {
    const sized = group.filter((row) => row.sizes[options.size] !== undefined);
    if (sized.length > 0) return sized.map((row) => taskOfRow(row, options.size));
    throw new UnknownTask(`no workload of ${word} has the size ${options.size}`);
  }
  const row = rows.find((candidate) => candidate.name === word);
  if (row !== undefined && !existsSync(word)) return [taskOfRow(row, options.size)];
  return [taskOfFile(word, options)];
}

function taskOfRow(row: WorkloadRow, size: SizeName): Task {
  const given = row.sizes[size];
  if (given === undefined) {
    const there = Object.keys(row.sizes).join(", ");
    throw new UnknownTask(`${row.name} has no size ${size}; it has ${there}`);
  }
  const file = packageFile(row.file);
  return {
    module: row.name,
    file,
    moduleSha256: sha256(readFileSync(file)),
    size,
    args: given.args,
    env: {},
    dirs: row.dirs.map(([host, guest]) => [host === "work" ? host : packageFile(host), guest]),
    ...(given.stdin === undefined ? {} : { stdin: inputFile(given.stdin) }),
    ...(given.stdoutSha256 === undefined ? {} : { stdoutSha256: given.stdoutSha256 }),
  };
}

function taskOfFile(path: string, { args, env, dirs, invoke }: TaskOptions): Task {
  if (!existsSync(path)) {
    const groups = ["all", ...new Set(loadManifest().workloads.map(({ group }) => group))];
    throw new UnknownTask(
      `${path}: no such file, workload or group of workloads (${groups.join(", ")})`,
    );
  }
  const words = invoke === undefined ? args : [invoke.name, ...invoke.args];
  return {
    module: basename(path),
    file: resolve(path),
    moduleSha256: sha256(readFileSync(path)),
    size: words.join(" "),
    args,
    env,
    dirs: dirs.map(([host, guest]) => [resolve(host), guest]),
    ...(invoke === undefined ? {} : { invoke }),
  };
}
