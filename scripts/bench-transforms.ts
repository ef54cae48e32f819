import { instrument } from "../src/instrument/index.ts";
import { identity } from "../src/wasm/index.ts";

/** What the profiler does to a module before it runs; `none` shows how far equal things seem to differ. */
export const modes = ["none", "calls", "insns", "blocks", "tree"] as const;
export type Mode = (typeof modes)[number];

/** Gives the bytes to run instead, or throws where the module cannot be profiled like this. */
export function transform(mode: Mode, bytes: Uint8Array): Uint8Array {
  // The host reads the counters through exports, so that a run has no dump in it.
  return mode === "none" ? identity(bytes) : instrument(bytes, { mode, sink: "export" }).bytes;
}
