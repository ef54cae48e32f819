import { wasiName } from "./row.ts";
import type { CatalogueRow } from "./row.ts";

/** The guest begins when the C API or the command calls its start function. */
const guest = /^wasmtime_func_call$|^wasm_func_call$|27invoke_wasm_and_catch_traps.*8commands3run/;
const shared = { guest, returnsErrno: false } as const;

/**
 * Rust's present mangling says which closure a generic function is made for: each host function has its own copy of
 * the function around it, for a closure in the function that links them, numbered in their order.
 */
const byClosure: Omit<CatalogueRow, "runtime"> = {
  ...shared,
  of: "builds by Rust's mangling of today",
  functions: [
    "(?:36add_wasi_snapshot_preview1_to_linker|22wasi_snapshot_preview113add_to_linker)\\w*?9WasiP1Ctx\\w*?0E(s[\\dA-Za-z]*_)?0[ITu]",
    // Of the version before preview1 all but the functions of sockets, whose numbers are others there.
    "13wasi_unstable13add_to_linker\\w*?9WasiP1Ctx\\w*?0E(s[\\da-zA-D]?_)?0[ITu]",
  ].map(
    (closure) =>
      new RegExp(
        `^_RINvM\\w*?_8wasmtime7runtime4funcNtB\\w+?_8HostFunc21array_call_trampoline.*${closure}`,
      ),
  ),
  spelling: "closure",
  inside: /^_RINv.*(?:18maybe_catch_unwind|28catch_unwind_and_record_trap)/,
};

/** The function that links all of them, over the years. */
const linkedBy =
  /^_ZN(?:13wasmtime_wasi|11wasi_common).*(?:add_wasi_snapshot_preview1_to_linker17h|4sync13add_to_linker17h|preview_14Wasi3new17h)|^wasmtime_linker_define_wasi$/;

/**
 * The mangling before names all these copies alike, and from 37 on nothing inside of many of them is left that has a
 * name: they are told apart by the order in which they are linked. First each had its executor of one future.
 */
const byExecutor: Omit<CatalogueRow, "runtime"> = {
  ...shared,
  of: "0.27 to 19",
  onlyPreview1: true,
  functions: [],
  spelling: "wasi",
  linked: {
    by: linkedBy,
    through:
      /func_wrap|into_func|6Linker|8wasmtime4func|wasm_to_host_shim|native_call_shim|FnOnce.*call_once|9panicking3try17h/,
    each: /^_ZN6wiggle21run_in_dummy_executor17h/,
  },
};

/** Then the function that the guest calls is known. */
const byTrampoline: Omit<CatalogueRow, "runtime"> = {
  ...shared,
  of: "20 to the change of Rust's mangling",
  onlyPreview1: true,
  functions: [],
  spelling: "wasi",
  linked: {
    by: linkedBy,
    through: /func_wrap|into_func|8HostFunc|HostContext|6Linker|4func/,
    each: /native_call_shim17h|(?:11HostContext|8HostFunc)21array_call_trampoline17h/,
  },
  inside:
    /4func15Caller\$LT\$T\$GT\$4with17h|9panicking3try17h|18maybe_catch_unwind17h|28catch_unwind_and_record_trap17h/,
};

/** The first versions have plain functions; where there is an executor, those of these names only make a future. */
const plain: Omit<CatalogueRow, "runtime"> = {
  ...shared,
  of: "0.19 to 0.25",
  unless: /^_ZN6wiggle21run_in_dummy_executor17h/,
  functions: [
    new RegExp(
      `^_ZN11wasi_common(?:4wasi22wasi_snapshot_preview1|3old10snapshot_09hostcalls|9snapshots9preview_122wasi_snapshot_preview1|9snapshots(?:13wasi_unstable|9preview_0)13wasi_unstable)\\d+(${wasiName})17h`,
    ),
  ],
  spelling: "wasi",
};

/** Wasmtime's WASI, in its command and in its library. */
export const wasmtimeRows: readonly CatalogueRow[] = ["wasmtime", "wasmtime-cli"].flatMap(
  (runtime) => [byClosure, byExecutor, byTrampoline, plain].map((row) => ({ runtime, ...row })),
);
