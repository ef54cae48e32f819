import type { CatalogueRow } from "./row.ts";

const goPackage = "github\\.com/tetratelabs/wazero/imports/wasi_snapshot_preview1\\.";

/** Wazero, in its own program and in our host. */
export const wazeroRows: readonly CatalogueRow[] = [
  {
    runtime: "wazero",
    functions: [new RegExp(`^${goPackage}([a-z][A-Za-z]+)Fn$`)],
    spelling: "camel",
    guest: /\/wazevo\/backend\/isa\/amd64\.entrypoint$/,
    goReturns: new RegExp(`^${goPackage}wasiFunc\\.Call$`),
    returnsErrno: true,
  },
];
