import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";

const read = new Map<string, Buffer>();

/** Reads a generated input, which is made unless it is there. */
export function inputBytes(name: string): Buffer {
  const known = read.get(name);
  if (known !== undefined) return known;
  const script = join(root, "scripts/workload-inputs.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, name], { encoding: "utf8" });
  if (status !== 0) throw new Error(`workload-inputs.mjs: ${stderr}`);
  const bytes = readFileSync(join(root, ".cache/inputs", name));
  read.set(name, bytes);
  return bytes;
}
