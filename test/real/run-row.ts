import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Row } from "./manifest.ts";

/** What one run of a program left: its output, its exit code and the files it wrote, by digest. */
export type Outcome = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Readonly<Record<string, string>>;
};

const runner = fileURLToPath(new URL("run-guest.js", import.meta.url));
const timeoutMs = 300_000;

function digests(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).toSorted();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  const digest = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
  return Object.fromEntries(files.map((name) => [name.replaceAll("\\", "/"), digest(name)]));
}

/** Runs a module as the program of `row`, in its own process and with an empty work folder. */
export function runRow(row: Row, bytes: Uint8Array): Outcome {
  const scratch = mkdtempSync(join(tmpdir(), "wasmscope-real-"));
  const work = mkdtempSync(join(scratch, "work-"));
  const module = join(scratch, "guest.wasm");
  try {
    writeFileSync(module, bytes);
    const args = ["--no-warnings", runner, JSON.stringify(row), module, work];
    const child = spawnSync(process.execPath, args, {
      input: row.stdin ?? "",
      encoding: "latin1",
      maxBuffer: 1 << 28,
      timeout: timeoutMs,
    });
    if (child.error) throw child.error;
    const { status: exitCode, signal, stdout, stderr } = child;
    return { exitCode, signal, stdout, stderr, files: digests(work) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
