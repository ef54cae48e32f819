import { ProfileBuilder } from "../../profile/index.ts";
import type { Frame, PerfFrame, PerfSample, Profile } from "../../profile/index.ts";
import { sampleTypes } from "./sample-types.ts";

const map = /\/perf-(\d+)\.map$/;
/** What engines put between guest and host. */
const adaptor = /trampoline|^wasm_to_|^array_to_wasm|^(?:JS:)?(?:wasm-to-js|js-to-wasm)/i;
/** A WASI function's name in the names of the functions that implement it. */
const wasiCall =
  /(?:^|:|\b)((?:args|environ|clock|fd|path|poll|proc|random|sched|sock)_[a-z_]*[a-z])\b/;

/**
 * Collects perf's samples of a runtime that writes a perf map: those in the guest, and below it in the host. In the
 * map stands what the runtime compiled; `frameOf` answers undefined for what of it is not the guest's.
 */
export class PerfSamples {
  readonly #builder: ProfileBuilder;
  readonly #frameOf: (symbol: string) => Frame | undefined;
  readonly #rateHz: number;
  /** Samples in the guest, and in the host on its behalf. */
  count = 0;
  /** Samples of the runtime itself: start, compilation. */
  outside = 0;
  /** The perf maps that were used. */
  readonly maps: Set<string> = new Set();

  constructor(
    module: Profile["module"],
    frameOf: (symbol: string) => Frame | undefined,
    rateHz: number,
  ) {
    this.#builder = new ProfileBuilder({ module, ...sampleTypes, mode: "sample" });
    this.#frameOf = frameOf;
    this.#rateHz = rateHz;
  }

  add({ frames, period, event }: PerfSample): void {
    const outermostFirst = frames.toReversed();
    const found = outermostFirst.map((frame) => this.#guestFrame(frame));
    const guest = found.filter((frame) => frame !== undefined);
    if (guest.length === 0) {
      this.outside++;
      return;
    }
    const stack = guest.map((frame) => this.#builder.frame(frame));
    const inner = outermostFirst.slice(found.findLastIndex((frame) => frame !== undefined) + 1);
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

  #guestFrame({ symbol, file }: PerfFrame): Frame | undefined {
    if (!map.test(file)) return undefined;
    this.maps.add(file);
    return adaptor.test(symbol) ? undefined : this.#frameOf(symbol);
  }
}
