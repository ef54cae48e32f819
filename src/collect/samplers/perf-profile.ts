import { ProfileBuilder } from "../../profile/index.ts";
import type { Frame, PerfFrame, PerfSample, Profile } from "../../profile/index.ts";
import { sampleTypes } from "./sample-types.ts";

const map = /\/perf-\d+\.map$/;
/** What wasmtime compiled beforehand. */
const compiled = /\.cwasm$/;
/** What engines put between guest and host. */
const adaptor = /trampoline|^wasm_to_|^array_to_wasm|^(?:JS:)?(?:wasm-to-js|js-to-wasm)/i;
/** A WASI function's name in the names of the functions that implement it. */
const wasiCall =
  /(?:^|:|\b)((?:args|environ|clock|fd|path|poll|proc|random|sched|sock)_[a-z_]*[a-z])\b/;

/** Gives the frames of machine code, by its symbol and the offset behind it, the innermost first. */
export type FramesOfCode = (symbol: string, offset: number) => readonly Frame[] | undefined;

/**
 * Collects perf's samples of a runtime that writes a perf map, or runs what was compiled to a file: those in the guest,
 * and below it in the host. `framesOf` gives what stands for code of the runtime's, the innermost first, undefined for
 * what is not the guest's.
 */
export class PerfSamples {
  readonly #builder: ProfileBuilder;
  readonly #framesOf: FramesOfCode;
  readonly #rateHz: number;
  /** Samples in the guest, and in the host on its behalf. */
  count = 0;
  /** Samples of the runtime itself: start, compilation. */
  outside = 0;
  /** The perf maps that the processes may have written. */
  readonly maps: Set<string> = new Set();

  constructor(module: Profile["module"], framesOf: FramesOfCode, rateHz: number) {
    this.#builder = new ProfileBuilder({ module, ...sampleTypes, mode: "sample" });
    this.#framesOf = framesOf;
    this.#rateHz = rateHz;
  }

  add({ frames, period, event, pid }: PerfSample): void {
    this.maps.add(`/tmp/perf-${pid}.map`);
    const outermostFirst = frames.toReversed();
    const innermost = outermostFirst.length - 1;
    const found = outermostFirst.map((frame, at) => this.#guestFrames(frame, at === innermost));
    const guest = found.flatMap((shown) => shown?.toReversed() ?? []);
    if (guest.length === 0) {
      this.outside++;
      return;
    }
    const stack = guest.map((frame) => this.#builder.frame(frame));
    const inner = outermostFirst.slice(found.findLastIndex((shown) => shown !== undefined) + 1);
    if (inner.some(({ symbol }) => !adaptor.test(symbol))) {
      const name = inner.map(({ symbol }) => wasiCall.exec(symbol)?.[1]).find(Boolean);
      stack.push(this.#builder.frame({ name: name ?? "(host)", host: true }));
    }
    const timeNs = /clock/.test(event) ? period : 1e9 / this.#rateHz;
    this.#builder.addAll(this.#builder.stack(stack), [1, Math.round(timeNs)]);
    this.count++;
  }

  /** Returns the profile of all samples so far. */
  build(notes: readonly string[]): Profile {
    return Object.freeze({ ...this.#builder.build(), notes });
  }

  #guestFrames(
    { symbol, file, end }: PerfFrame,
    isInnermost: boolean,
  ): readonly Frame[] | undefined {
    if (!map.test(file) && !compiled.test(file)) return undefined;
    if (adaptor.test(symbol)) return undefined;
    const offset = Number(/^\+(0x[0-9a-f]+)/.exec(end)?.[1] ?? 0);
    // Behind a call stands where it comes back to, which may be another line.
    return this.#framesOf(symbol, isInnermost ? offset : offset - 1);
  }
}
