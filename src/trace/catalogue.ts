/** Where a runtime's WASI functions are: a row of data, found by what its symbols look like. */
export interface CatalogueRow {
  /** As in the table of runtimes. */
  readonly runtime: string;
  /** What symbols of WASI functions match; the first group is the function's name. The first row that matches counts. */
  readonly functions: readonly RegExp[];
  /** What the symbol matches that is called when the guest is about to begin. */
  readonly guest?: RegExp;
  /** `return`: the kernel notices returns. `goroutine`: it must not, since Go moves stacks. */
  readonly leave: "return" | "goroutine";
}

/** Names of WASI preview1's functions end in these. */
const wasiName = "(?:args|clock|environ|fd|path|poll|proc|random|sched|sock)_[a-z_]+";

/** The runtimes whose symbols are known. Mangled names: they are compared as they stand in the file. */
export const catalogue: readonly CatalogueRow[] = [
  {
    // uvwasi's functions are local symbols of C; its table of descriptors has names like theirs.
    runtime: "node",
    functions: [new RegExp(`^uvwasi_((?!fd_table)${wasiName})$`)],
    guest: /^_ZN4node4wasi4WASI10_SetMemory/,
    leave: "return",
  },
  {
    // What waits is a future that is polled (once, when blocking is allowed); the others are plain functions.
    runtime: "wasmtime",
    functions: [
      new RegExp(
        `12InstrumentedNCNCINvNtNtCs\\w+?_13wasmtime_wasi2p122wasi_snapshot_preview1\\d{1,2}(${wasiName})Nt.*Future4poll`,
      ),
      new RegExp(
        `^_RINvNtNtCs\\w+?_13wasmtime_wasi2p122wasi_snapshot_preview1\\d{1,2}(${wasiName})Nt`,
      ),
    ],
    guest: /27invoke_wasm_and_catch_traps.*8commands3run/,
    leave: "return",
  },
];
