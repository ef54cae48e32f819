import { type Group, loadManifest, type WorkloadRow } from "./manifest.ts";

export { inputFile } from "./inputs/index.ts";
export { givenTo, runWorkload } from "./run-workload.ts";
export type { Engine } from "./run-workload.ts";
export { packageFile } from "../sys/index.ts";
export { type Group, loadManifest, type SizeName, type WorkloadRow } from "./manifest.ts";

/** Lists the workloads of a group, in the manifest's order. */
export function workloadsOf(group: Group): WorkloadRow[] {
  return loadManifest().workloads.filter((row) => row.group === group);
}
