import type { DebugInfo } from "../../symbols/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import { lineProfile, sourceFrames } from "./line-profile.ts";
import type { ProfileRun } from "../exact/profile-run.ts";

/** What of the sources is wanted. */
export interface WithSourcesOptions {
  /** Whether to book counted blocks on lines. */
  readonly lines: boolean;
  /** Names of functions from outside the module. */
  readonly symbols?: ReadonlyMap<number, string>;
}

/** A run of which the sources are known. */
export interface ProfileRunWithSources extends ProfileRun {
  /** The same run by source line, where that was asked for and debug data is there. */
  readonly lines?: ProfileRun["profile"];
}

/**
 * Adds what debug data knows: the lines and inlined functions of the guest's stack at a trap or stop, and the
 * profile by source lines. Without a tree that is the run's profile. Debug data is opened only for these.
 */
export function withSources(
  bytes: Uint8Array,
  run: ProfileRun,
  debugInfo: () => DebugInfo | undefined,
  { lines: wanted, symbols }: WithSourcesOptions,
): ProfileRunWithSources {
  const debug = wanted || run.stack.length > 0 ? debugInfo() : undefined;
  if (debug === undefined) return run;
  const stack = run.stack.flatMap(({ offset, ...frame }) =>
    sourceFrames(frame, debug.framesAt(offset)).map((shown) => ({ ...shown, offset })),
  );
  // Samples have lines already, or cannot have them.
  if (run.profile.mode === "sample") {
    const hasLines = wanted && run.profile.frames.some(({ line }) => line !== undefined);
    return { ...run, stack, ...(hasLines && { lines: run.profile }) };
  }
  if (!wanted || run.profile.blocks === undefined) return { ...run, stack };
  const frameOf = functionFrames(decodeModule(bytes), symbols);
  const lines = lineProfile(bytes, run.profile, debug, frameOf);
  // What is to be said of the lines is to be said of the run.
  const tree = { ...run.profile, notes: lines.notes };
  return { ...run, profile: run.profile.mode === "tree" ? tree : lines, lines, stack };
}
