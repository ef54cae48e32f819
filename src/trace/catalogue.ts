/** Where a runtime's WASI functions are: a row of data, found by what its symbols look like. */
export interface CatalogueRow {
  /** As in the table of runtimes. */
  readonly runtime: string;
  /** What symbols of WASI functions match, as they stand in the file; the first group is the function's name. */
  readonly functions: readonly RegExp[];
  /** How that name is spelled: as WASI does (`fd_write`), or as Go does (`fdWrite`). */
  readonly spelling: "wasi" | "camel";
  /** What the symbol matches that is called when the guest is about to begin. */
  readonly guest?: RegExp;
  /**
   * The function around all of them in whose middle their returns are seen, and goroutines tell calls apart: the
   * kernel must not catch returns itself where stacks are moved, as Go does. It does where this is absent.
   */
  readonly goReturns?: RegExp;
  /** Whether what the functions return is an errno; otherwise errors are not counted here. */
  readonly returnsErrno: boolean;
}

/** Names of WASI preview1's functions begin like this. */
const wasiName = "(?:args|clock|environ|fd|path|poll|proc|random|sched|sock)_[a-z_]+";
const goPackage = "github\\.com/tetratelabs/wazero/imports/wasi_snapshot_preview1\\.";
const rustModule = "Cs\\w+?_13wasmtime_wasi(?:2p1|8preview1)22wasi_snapshot_preview1\\d{1,2}";

/** Wasmtime's WASI, in its command and in its library. */
const inRust: Omit<CatalogueRow, "runtime"> = {
  // What may wait is a future that is polled (once, when blocking is allowed); the others are plain functions.
  functions: [
    new RegExp(`12InstrumentedNCNCINvNtNt${rustModule}(${wasiName})Nt.*Future4poll`),
    new RegExp(`^_RINvNtNt${rustModule}(${wasiName})Nt`),
  ],
  spelling: "wasi",
  guest: /27invoke_wasm_and_catch_traps.*8commands3run/,
  returnsErrno: false,
};

/** The runtimes whose symbols are known. */
export const catalogue: readonly CatalogueRow[] = [
  {
    // uvwasi's functions are local symbols of C; its table of descriptors has names like theirs.
    runtime: "node",
    functions: [new RegExp(`^uvwasi_((?!fd_table)${wasiName})$`)],
    spelling: "wasi",
    guest: /^_ZN4node4wasi4WASI10_SetMemory/,
    returnsErrno: true,
  },
  ...["wasmtime", "wasmtime-cli"].map((runtime) => ({ runtime, ...inRust })),
  {
    runtime: "wazero",
    functions: [new RegExp(`^${goPackage}([a-z][A-Za-z]+)Fn$`)],
    spelling: "camel",
    guest: /\/wazevo\/backend\/isa\/amd64\.entrypoint$/,
    goReturns: new RegExp(`^${goPackage}wasiFunc\\.Call$`),
    returnsErrno: true,
  },
];
