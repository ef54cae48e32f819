import type { ForeignLibrary } from "../foreign.ts";
import { loadWasmtime } from "./c-api.ts";
import type { WasmtimeFunctions } from "./c-api.ts";
import { Messages } from "./messages.ts";

/** Wasmtime's library, and what depends on its version. */
export interface Api {
  readonly library: ForeignLibrary;
  readonly functions: WasmtimeFunctions;
  readonly messages: Messages;
  readonly version: string;
  /** Bytes of a `wasmtime_val_t`; with too few the heap is corrupted, which shows much later. */
  readonly valueSize: number;
  /** What allows reading and writing to a folder: bits 1 and 2, or true. */
  readonly mayWrite: number;
  /** Whether proposals that are on by default later must be asked for. */
  readonly asksForProposals: boolean;
}

/** Loads wasmtime's library of a version. Throws when it cannot be loaded, or is older than 0.28. */
export function openApi(path: string, version: string): Api {
  const { library, functions } = loadWasmtime(path);
  const major = Number.parseInt(version, 10);
  return {
    library,
    functions,
    messages: new Messages(library, functions),
    version,
    valueSize: major >= 37 ? 32 : 24,
    mayWrite: major >= 48 ? 1 : 3,
    asksForProposals: major < 1,
  };
}

/** Keeps buffers referenced up to here: C has their addresses, which the garbage collector does not see. */
export function pinned(..._buffers: readonly unknown[]): void {}
