import { rowsInC } from "./catalogue/in-c.ts";
import { ourWasiRows } from "./catalogue/our-wasi.ts";
import type { CatalogueRow } from "./catalogue/row.ts";
import { wasmerRows } from "./catalogue/wasmer.ts";
import { wasmiRows } from "./catalogue/wasmi.ts";
import { wasmtimeRows } from "./catalogue/wasmtime.ts";
import { wazeroRows } from "./catalogue/wazero.ts";

export type { CatalogueRow } from "./catalogue/row.ts";

/** The runtimes whose symbols are known. Of rows for one runtime, the one that finds most counts, then the first. */
export const catalogue: readonly CatalogueRow[] = [
  ...rowsInC,
  ...wasmtimeRows,
  ...wazeroRows,
  ...wasmiRows,
  ...wasmerRows,
  ...ourWasiRows,
];

/** Runtimes whose WASI is no code with an address, and what it is. */
const withoutAddresses: Readonly<Record<string, string>> = {
  bun: "its WASI here is JavaScript, of this package: the engine compiles it while it runs",
  deno: "its WASI here is JavaScript, of this package: the engine compiles it while it runs",
  chicory: "its WASI is Java: the virtual machine compiles it while it runs",
};

/** Says in one sentence why nothing of a runtime is found by symbols. */
export function whyNoSymbols(runtime: string): string {
  const why = withoutAddresses[runtime];
  if (why !== undefined) return `${runtime} cannot be looked into by symbols: ${why}`;
  if (!catalogue.some((row) => row.runtime === runtime)) {
    return `${runtime} cannot be looked into by symbols: which ones its WASI functions have is not known`;
  }
  return `${runtime} cannot be looked into by symbols: its file was stripped of them, or is of a version that has others`;
}
