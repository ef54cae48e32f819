import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Times } from "./bench-rewrite.ts";

/** Another program that reads whole modules, for comparison with our rewriting. */
export interface Tool {
  readonly name: "wasm-opt" | "wasm-tools";
  readonly version: string;
  /** Runs it once over the file, its own start included; throws when it refuses the file. */
  run(file: string, scratch: string): Times;
}

const commands = {
  // No passes: it reads the module into its own form and writes it again, without names (which is faster).
  "wasm-opt": (file: string, scratch: string): string[] => {
    return ["--all-features", file, "-o", join(scratch, "out.wasm")];
  },
  "wasm-tools": (file: string): string[] => ["validate", "--features", "all", file],
} as const;

/** Lists those of the tools that are on the PATH. */
export function findTools(): Tool[] {
  return (["wasm-opt", "wasm-tools"] as const).flatMap((name) => {
    const asked = spawnSync(name, ["--version"], { encoding: "utf8" });
    if (asked.status !== 0) return [];
    const version = asked.stdout.trim().split("\n")[0] ?? "";
    const run = (file: string, scratch: string): Times => {
      const startCpu = childrenCpuMs();
      const start = performance.now();
      const { status, stderr } = spawnSync(name, commands[name](file, scratch), {
        encoding: "utf8",
      });
      const wallMs = performance.now() - start;
      if (status !== 0) throw new Error(stderr.trim().split("\n")[0] ?? `exit code ${status}`);
      return { cpuMs: childrenCpuMs() - startCpu, wallMs };
    };
    return { name, version, run };
  });
}

// CPU time of all children that have ended: Linux counts it in ticks of 10 ms. NaN elsewhere.
function childrenCpuMs(): number {
  try {
    // The second field is the program's name in brackets and can hold spaces; fields 16 and 17 are wanted.
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return Number.NaN;
  }
}
