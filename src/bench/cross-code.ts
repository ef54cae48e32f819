import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCold } from "../runtimes/index.ts";
import type { Runtime } from "../runtimes/index.ts";
import { describeMachine } from "../sys/index.ts";
import { functionBytes } from "./artefact-code.ts";
import type { BenchRecord } from "./record.ts";
import type { Task } from "./task.ts";

/** What compiles for other targets: wasmtime's own command. */
const compiler = "wasmtime-cli";

const targets = ["x86_64", "aarch64"] as const;

/**
 * Compiles modules for x86-64 and AArch64 with Cranelift, which needs no such processor, and records the bytes of their
 * functions' code (`code-x86_64`, `code-aarch64`). Gives the reason when wasmtime's command is not there.
 */
export async function measureCrossCode(
  tasks: readonly Task[],
  table: readonly Runtime[],
  { run, signal, onRecord }: CrossCodeOptions,
): Promise<{ readonly missing?: string }> {
  const runtime = table.find(({ name }) => name === compiler);
  const found = await runtime?.find();
  if (runtime === undefined || found === undefined) return { missing: `no runtime ${compiler}` };
  if (!found.found) return { missing: `${compiler}: ${found.why}; ${found.mend}` };
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-code-"));
  const { machine } = describeMachine();
  try {
    for (const { module, moduleSha256, file } of tasks) {
      for (const target of targets) {
        if (signal.aborted) return {};
        const artefact = join(folder, "artefact");
        const stderr = join(folder, "stderr");
        const args = ["compile", "--target", `${target}-unknown-linux-gnu`, "-o", artefact, file];
        const { end } = await runCold(
          { file: found.path, args },
          { stderr, timeoutMs: 60_000, signal },
        );
        if (end.kind !== "exit" || end.code !== 0) return { missing: readFileSync(stderr, "utf8") };
        onRecord({
          schema: "wasmscope-bench-1",
          run,
          time: new Date().toISOString(),
          machine,
          arm: `${compiler}@${found.version}`,
          armIndex: 0,
          runtime: compiler,
          version: found.version,
          tier: runtime.tiers[0]!.name,
          family: runtime.family,
          module,
          moduleSha256,
          size: "",
          level: "cold",
          block: 0,
          process: 0,
          iteration: 0,
          metric: `code-${target}`,
          unit: "bytes",
          by: "artefact",
          value: functionBytes(readFileSync(artefact)),
        });
      }
    }
    return {};
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where its records go. */
export interface CrossCodeOptions {
  /** What the records call this run. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** Told of each measurement, as it comes. */
  readonly onRecord: (record: BenchRecord) => void;
}
