import { join } from "node:path";
import { packageFolder } from "../sys/index.ts";
import { type Group, loadManifest, type WorkloadRow } from "./manifest.ts";

export { inputFile } from "./inputs/index.ts";
export { type Group, loadManifest, type SizeName, type WorkloadRow } from "./manifest.ts";

/** Lists the workloads of a group, in the manifest's order. */
export function workloadsOf(group: Group): WorkloadRow[] {
  return loadManifest().workloads.filter((row) => row.group === group);
}

/** Gives the absolute path of what the manifest names, such as a workload's `file`. */
export function packageFile(path: string): string {
  return join(packageFolder(), path);
}
