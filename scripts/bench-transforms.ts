import { identity } from "../src/wasm/index.ts";

/** What the profiler does to a module before it runs; `none` shows how far equal things seem to differ. */
export const modes = ["none", "calls", "insns", "blocks", "tree"] as const;
export type Mode = (typeof modes)[number];

/** Gives the bytes to run instead. */
export type Transform = (bytes: Uint8Array) => Uint8Array;

/** The transform of each mode. */
export const transforms: Readonly<Partial<Record<Mode, Transform>>> = {
  none: identity,
};
