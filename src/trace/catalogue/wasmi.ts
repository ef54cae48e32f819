import { wasiName } from "./row.ts";
import type { CatalogueRow } from "./row.ts";

const method = (end: string): RegExp =>
  new RegExp(`9preview_1.*WasiSnapshotPreview1.*WasiCtx\\$GT\\$\\d+(${wasiName})${end}`);

/** Wasmi's own program and our host have wasi-common in them; its futures never wait, so that each is polled once. */
export const wasmiRows: readonly CatalogueRow[] = [
  {
    runtime: "wasmi",
    // The closure is the function's body; what is around it only makes the future.
    functions: [method("28_\\$u7b\\$\\$u7b\\$closure\\$u7d\\$\\$u7d\\$17h")],
    otherwise: [method("17h")],
    spelling: "wasi",
    guest: /^_ZN5wasmi6engine6Engine12execute_func17h/,
    returnsErrno: false,
  },
];
