import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { root } from "../test/root.ts";

/**
 * Which figures a workload takes part in. The first three make up the geometric mean; `worst` cases are shown apart,
 * `example` and `program` rows are ours and only illustrate.
 */
export type Group = "coremark" | "kernel" | "real" | "worst" | "program" | "example";

/** A WASI command with what it is given; all paths are absolute. */
export interface Workload {
  readonly name: string;
  readonly group: Group;
  readonly file: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Guest folder to host folder. */
  readonly dirs: Readonly<Record<string, string>>;
  /** Of the expected output; absent where no output was agreed on. */
  readonly stdoutSha256?: string;
}

interface Row {
  readonly name: string;
  readonly group?: Group;
  readonly file: string;
  readonly args?: readonly string[];
  readonly stdin?: string | null;
  readonly dirs?: Readonly<Record<string, string>>;
  readonly stdoutSha256?: string;
  readonly quick?: { readonly args: readonly string[]; readonly stdoutSha256: string };
}

/** Lists our workloads, then the real programs that were fetched; `quick` takes each row's small input. */
export function readWorkloads(quick: boolean): Workload[] {
  return [
    ...readManifest(resolve(root, "workloads/manifest.json"), root, "program", quick),
    ...readManifest(resolve(root, ".cache/real/manifest.json"), undefined, "real", quick),
  ];
}

function readManifest(
  manifest: string,
  base: string | undefined,
  group: Group,
  quick: boolean,
): Workload[] {
  if (!existsSync(manifest)) return [];
  const parsed: Row[] | { workloads: Row[] } = JSON.parse(readFileSync(manifest, "utf8"));
  const rows = Array.isArray(parsed) ? parsed : parsed.workloads;
  const absolute = (path: string): string => {
    if (isAbsolute(path)) return path;
    const beside = resolve(base ?? dirname(manifest), path);
    return existsSync(beside) ? beside : resolve(root, path);
  };
  return rows.map((row) => {
    const input = quick && row.quick !== undefined ? row.quick : row;
    return {
      name: row.name,
      group: row.group ?? group,
      file: absolute(row.file),
      args: input.args ?? [],
      ...(row.stdin == null ? {} : { stdin: absolute(row.stdin) }),
      dirs: Object.fromEntries(
        Object.entries(row.dirs ?? {}).map(([guest, host]) => [guest, absolute(host)]),
      ),
      ...(input.stdoutSha256 === undefined ? {} : { stdoutSha256: input.stdoutSha256 }),
    };
  });
}
