import { loadManifest } from "../bench/workloads.ts";
import type { SizeName, WorkloadRow } from "../bench/workloads.ts";
import { UsageError } from "./command.ts";
import { oneOf } from "./files.ts";

const sizes: readonly SizeName[] = ["mini", "small", "medium", "large", "extralarge"];

/** Finds workloads by names and groups, all without any. Throws a `UsageError` for what is neither. */
export function workloadsNamed(names: readonly string[]): readonly WorkloadRow[] {
  const { workloads } = loadManifest();
  if (names.length === 0) return workloads;
  return names.flatMap((name) => {
    const found = workloads.filter((row) => row.name === name || row.group === name);
    if (found.length > 0) return found;
    const groups = [...new Set(workloads.map(({ group }) => group))].join(", ");
    throw new UsageError(
      `there is no workload ${name} (wasmscope workloads list), and no group: ${groups}`,
    );
  });
}

/** Reads `--size`. */
export function sizeNamed(text: string | undefined): SizeName {
  return oneOf(text ?? "mini", sizes, "size");
}
