import { traceBody } from "../instrument/index.ts";
import type { InstrumentOptions, LostActivation } from "../instrument/index.ts";
import type { TrapFrame } from "../runtimes/index.ts";
import { decodeModule } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

/** Finds the places in the original module of the frames of its instrumented twin. */
export class OriginalPlaces {
  readonly #module: Module;
  readonly #twin: Module;
  readonly #options: InstrumentOptions;
  readonly #traces = new Map<number, ReturnType<typeof traceBody>>();

  constructor(module: Module, instrumented: Uint8Array, options: InstrumentOptions) {
    this.#module = module;
    this.#twin = decodeModule(instrumented);
    this.#options = options;
  }

  /**
   * Returns the activations that end at these frames. Frames of functions that the instrumentation added are left
   * out, and so is one that stands before its first instruction, where it has not been counted yet.
   */
  lost(frames: readonly TrapFrame[]): LostActivation[] {
    return frames.flatMap((frame) => {
      const offset = this.#offset(frame);
      const defined = frame.funcIndex - this.#twin.importedFunctions;
      const funcIndex = this.#module.importedFunctions + defined;
      return offset === undefined ? [] : [{ funcIndex, offset }];
    });
  }

  /** Says whether a frame stands in a function of the original module, not in one that the instrumentation added. */
  isOriginal(frame: TrapFrame | undefined): boolean {
    if (frame === undefined) return true;
    const defined = frame.funcIndex - this.#twin.importedFunctions;
    return defined < this.#module.bodies.start.length;
  }

  #offset({ funcIndex, offset }: TrapFrame): number | undefined {
    const defined = funcIndex - this.#twin.importedFunctions;
    if (defined < 0 || defined >= this.#module.bodies.start.length) return undefined;
    const inBody = offset - this.#twin.bodies.start[defined]!;
    const piece = this.#trace(defined).findLast(
      ({ to, length }) => to <= inBody && inBody < to + length,
    );
    return piece && piece.from + inBody - piece.to;
  }

  #trace(defined: number): ReturnType<typeof traceBody> {
    const known = this.#traces.get(defined);
    if (known !== undefined) return known;
    const trace = traceBody(this.#module.bytes, this.#options, defined);
    this.#traces.set(defined, trace);
    return trace;
  }
}
