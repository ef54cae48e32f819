import { traceTimedBody } from "../instrument/index.ts";
import type { LostActivation, TimeOptions } from "../instrument/index.ts";
import type { TrapFrame } from "../runtimes/index.ts";
import { decodeModule } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

/**
 * Finds the original places of the frames of a trap. The outer frame of a timed call stands in front of the
 * original body and is left out, as are functions that the instrumentation added.
 */
export function timedPlaces(
  module: Module,
  instrumented: Uint8Array,
  options: TimeOptions,
  frames: readonly TrapFrame[],
): LostActivation[] {
  const { bodies, importedFunctions } = decodeModule(instrumented);
  const traces = new Map<number, ReturnType<typeof traceTimedBody>>();
  const places: LostActivation[] = [];
  for (const { funcIndex, offset } of frames) {
    const defined = funcIndex - importedFunctions;
    if (defined < 0 || defined >= module.bodies.start.length) continue;
    const trace = traces.get(defined) ?? traceTimedBody(module.bytes, options, defined);
    traces.set(defined, trace);
    const inBody = offset - bodies.start[defined]!;
    const piece = trace.findLast(({ to, length }) => to <= inBody && inBody < to + length);
    if (piece === undefined) continue;
    places.push({
      funcIndex: module.importedFunctions + defined,
      offset: piece.isInstruction ? piece.from : piece.from + inBody - piece.to,
    });
  }
  return places;
}
