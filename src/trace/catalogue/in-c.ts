import { wasiName } from "./row.ts";
import type { CatalogueRow } from "./row.ts";

/** Runtimes whose WASI is written in C or C++. */
export const rowsInC: readonly CatalogueRow[] = [
  {
    // uvwasi's functions are local symbols of C; its table of descriptors has names like theirs.
    runtime: "node",
    functions: [new RegExp(`^uvwasi_((?!fd_table)${wasiName})$`)],
    spelling: "wasi",
    guest: /^_ZN4node4wasi4WASI10_SetMemory/,
    returnsErrno: true,
  },
  {
    // The wrappers that check the guest's pointers; what they call stands behind, where they were inlined.
    runtime: "wamr",
    functions: [new RegExp(`^wasi_(${wasiName})$`)],
    otherwise: [new RegExp(`^wasmtime_ssp_(${wasiName})$`)],
    spelling: "wasi",
    returnsErrno: true,
  },
  {
    runtime: "wasmedge",
    functions: [/^_ZN8WasmEdge4Host\d+Wasi([A-Z][A-Za-z]+)4bodyE/],
    spelling: "camel",
    returnsErrno: false,
  },
];
