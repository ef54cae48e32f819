import { wasiName } from "./row.ts";
import type { CatalogueRow } from "./row.ts";

/** Wasmer's own program, which our host is not (`ourWasiRows`): two copies, for memories of 32 and of 64 bits. */
export const wasmerRows: readonly CatalogueRow[] = [
  {
    runtime: "wasmer",
    of: "its own program",
    functions: [
      new RegExp(`^_ZN12wasmer_wasix8syscalls4wasi\\d+${wasiName}\\d+(${wasiName})17h`),
      new RegExp(
        `^_RINv(?:Nt)+Cs\\w+?_12wasmer_wasix8syscalls4wasi\\d+${wasiName}\\d+(${wasiName})[A-Z]`,
      ),
    ],
    spelling: "wasi",
    returnsErrno: true,
  },
];
