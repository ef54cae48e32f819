import type { Module } from "../wasm/index.ts";
import type { DebugInfo } from "./debug-info.ts";
import type { Notes } from "./notes.ts";

export function readSourceMap(
  _text: string,
  _module: Module,
  _notes: Notes,
): DebugInfo | undefined {
  return undefined;
}
