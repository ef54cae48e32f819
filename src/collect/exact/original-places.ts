import type { LostActivation } from "../../instrument/index.ts";
import type { TrapFrame } from "../../runtimes/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";

/** Where some bytes of an instrumented body come from. */
interface Piece {
  /** Offset in the instrumented body. */
  readonly to: number;
  /** Offset in the original file. */
  readonly from: number;
  readonly length: number;
  /** Whether all of it stands for the one instruction at `from`. */
  readonly isInstruction?: boolean;
}

/** Finds the places in the original module of the frames of its instrumented twin. */
export class OriginalPlaces {
  readonly #module: Module;
  readonly #twin: Module;
  readonly #trace: (defined: number) => readonly Piece[];
  readonly #traces = new Map<number, readonly Piece[]>();

  /** @param trace Traces one instrumented body, as `traceBody` and `traceTimedBody` do. */
  constructor(
    module: Module,
    instrumented: Uint8Array,
    trace: (defined: number) => readonly Piece[],
  ) {
    this.#module = module;
    this.#twin = decodeModule(instrumented);
    this.#trace = trace;
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
    const piece = this.#piecesOf(defined).findLast(
      ({ to, length }) => to <= inBody && inBody < to + length,
    );
    if (piece === undefined) return undefined;
    return piece.isInstruction === true ? piece.from : piece.from + inBody - piece.to;
  }

  #piecesOf(defined: number): readonly Piece[] {
    const known = this.#traces.get(defined);
    if (known !== undefined) return known;
    const pieces = this.#trace(defined);
    this.#traces.set(defined, pieces);
    return pieces;
  }
}
