import { loadManifest } from "../manifest.ts";
import type { SizeName } from "../manifest.ts";
import { tasksOf } from "../task.ts";
import type { Task } from "../task.ts";
import type { Load } from "./experiments.ts";

/** Makes a task of a load. Its output is checked with the manifest where that has the same arguments. */
export function taskOfLoad({ module, size, args }: Load): Task {
  const row = loadManifest().workloads.find((candidate) => candidate.name === module);
  if (row === undefined) throw new Error(`${module}: no such workload`);
  const options = { args: [], env: {}, dirs: [] };
  if (args === undefined) return tasksOf(module, { ...options, size: size as SizeName })[0]!;
  const { stdoutSha256: _, ...task } = tasksOf(module, { ...options, size: "mini" })[0]!;
  const same = Object.values(row.sizes).find((given) => given.args.join(" ") === args.join(" "));
  const known = same?.stdoutSha256;
  return { ...task, size, args, ...(known === undefined ? {} : { stdoutSha256: known }) };
}
