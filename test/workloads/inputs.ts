import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";

let isPrepared = false;

/** Reads a generated input; all that are not there are made at the first call. */
export function inputBytes(name: string): Buffer {
  if (!isPrepared) {
    const script = join(root, "scripts/workload-inputs.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
    if (status !== 0) throw new Error(`workload-inputs.mjs: ${stderr}`);
    isPrepared = true;
  }
  return readFileSync(join(root, ".cache/inputs", name));
}
