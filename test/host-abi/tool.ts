import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missing } from "../skip.ts";

const command = process.env["WASM_TOOLS"] ?? "wasm-tools";
const found = spawnSync(command, ["--version"]).status === 0;

/** Why nothing can be validated by a second tool, or false. */
export const withoutWasmTools: string | false = found
  ? false
  : missing("no wasm-tools on the PATH (or named by WASM_TOOLS); run: cargo install wasm-tools")
      .skip;

/** Validates a module with every proposal switched on; returns what is wrong with it, or an empty text. */
export function wasmToolsErrors(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-validate-"));
  try {
    const file = join(folder, "module.wasm");
    writeFileSync(file, bytes);
    const { status, stderr } = spawnSync(command, ["validate", "--features", "all", file], {
      encoding: "utf8",
    });
    return status === 0 ? "" : stderr || `exit code ${status}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
