import type { Module } from "../wasm/index.ts";
import { exportNames } from "./dump.ts";
import { hostAbi } from "./host-abi.ts";

/** Tells whether a module was rewritten by one of the passes before: it cannot be a second time. */
export function isInstrumented({ exports, imports }: Module): boolean {
  const own: readonly string[] = Object.values(exportNames);
  return (
    exports.some(({ name }) => own.includes(name)) ||
    imports.some(({ module }) => module === hostAbi.importModule)
  );
}
