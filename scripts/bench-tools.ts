import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Another program that reads whole modules, for comparison with our rewriting. */
export interface Tool {
  readonly name: "wasm-opt" | "wasm-tools";
  readonly version: string;
  /** Wall milliseconds of one run over the file, its start included; throws when it refuses the file. */
  run(file: string, scratch: string): number;
}

const commands = {
  // No passes: it reads the module into its own form and writes it again. `-g` keeps the names, as we do.
  "wasm-opt": (file: string, scratch: string) => [
    "--all-features",
    "-g",
    file,
    "-o",
    join(scratch, "out.wasm"),
  ],
  "wasm-tools": (file: string) => ["validate", "--features", "all", file],
} as const;

/** Lists those of the tools that are on the PATH. */
export function findTools(): Tool[] {
  return (["wasm-opt", "wasm-tools"] as const).flatMap((name) => {
    const asked = spawnSync(name, ["--version"], { encoding: "utf8" });
    if (asked.status !== 0) return [];
    const version = asked.stdout.trim().split("\n")[0] ?? "";
    const run = (file: string, scratch: string): number => {
      const start = performance.now();
      const { status, stderr } = spawnSync(name, commands[name](file, scratch), {
        encoding: "utf8",
      });
      const ms = performance.now() - start;
      if (status !== 0) throw new Error(stderr.trim().split("\n")[0] ?? `exit code ${status}`);
      return ms;
    };
    return { name, version, run };
  });
}
