import { wasiName } from "./row.ts";
import type { CatalogueRow } from "./row.ts";

/** Where the guest begins, by runtime. */
const guests: Readonly<Record<string, RegExp | undefined>> = {
  wasm2c: /^unit_start$/,
  wasm3: /^m3_CallV$/,
  wasmer: undefined,
};

/** The WASI of this package in C (`hosts/wasi`), which three of its hosts have: functions by a table of pointers. */
export const ourWasiRows: readonly CatalogueRow[] = Object.entries(guests).map(
  ([runtime, guest]) => ({
    runtime,
    of: "our host",
    functions: [new RegExp(`^w_(${wasiName})$`)],
    spelling: "wasi",
    returnsErrno: true,
    ...(guest === undefined ? {} : { guest }),
  }),
);
