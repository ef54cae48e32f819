import { OriginalPlaces } from "../collect/exact/original-places.ts";
import { traceBody } from "../instrument/index.ts";
import type { LostActivation } from "../instrument/index.ts";
import type { Twin } from "./twin.ts";

/** A frame of V8's stack: a function of the instrumented module and an offset in it. */
export interface StackFrame {
  readonly funcIndex: number;
  readonly offset: number;
}

/** Says whether an engine ended functions of the module, instead of an exception that someone threw. */
export function isTrap(error: unknown): error is Error {
  // An overflow of the stack is a RangeError in V8.
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

/**
 * Reads the frames of one module from the stack that V8 prints, the innermost first: `wasm-function[12]:0x1f3c`
 * behind the module's address. Frames of other modules, which the host may have called in between, are left out.
 */
export function moduleFrames(stack: string): StackFrame[] {
  const frames: (StackFrame & { url: string })[] = [];
  for (const [, url, index, offset] of stack.matchAll(
    /([^\s(]*):wasm-function\[(\d+)\]:0x([0-9a-f]+)/g,
  )) {
    frames.push({ url: url!, funcIndex: Number(index), offset: parseInt(offset!, 16) });
  }
  // The outermost one was called through a guarded export, so it is the module's own.
  const own = frames.at(-1)?.url;
  return frames
    .filter(({ url }) => url === own)
    .map(({ funcIndex, offset }) => ({ funcIndex, offset }));
}

/** Finds where in the original module the activations on a stack ended; added functions are left out. */
export function lostActivations(
  { original, bytes, instrumented }: Twin,
  stacks: readonly (readonly StackFrame[])[],
): LostActivation[][] {
  if (stacks.length === 0) return [];
  const places = new OriginalPlaces(original, bytes, (defined) =>
    traceBody(original.bytes, instrumented, defined),
  );
  return stacks.map((frames) => places.lost(frames));
}
