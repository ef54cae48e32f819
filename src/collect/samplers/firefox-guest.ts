import { ProfileBuilder, ProfileError, readFirefoxThreads } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import { sampleTypes } from "./sample-types.ts";

/** A guest profile that was read, with the number of its samples. */
export interface GuestSamples {
  readonly samples: number;
  /** Milliseconds from the first to the last. */
  readonly wallMs: number;
  build(notes: readonly string[]): Profile;
}

/**
 * Reads the file of `wasmtime run --profile=guest`. Frames have names only: places in them are those of machine
 * code. Throws a `ProfileError` for something else.
 */
export function readGuestProfile(
  bytes: Uint8Array,
  module: Profile["module"],
  frameOf: (name: string) => Frame,
): GuestSamples {
  const threads = readFirefoxThreads(bytes);
  if (threads === null) {
    throw new ProfileError("wasmtime wrote no profile of the Firefox profiler's format");
  }
  const builder = new ProfileBuilder({ module, ...sampleTypes, mode: "sample" });
  let count = 0;
  let wallMs = 0;
  for (const { frames, prefixes, stackFrames, samples } of threads) {
    const indices = frames.map(({ name }) => builder.frame(frameOf(name)));
    const nodes: number[] = [];
    prefixes.forEach((prefix, stack) => {
      nodes.push(builder.child(prefix === -1 ? -1 : nodes[prefix]!, indices[stackFrames[stack]!]!));
    });
    for (const [at, { stack, weight, deltaMs }] of samples.entries()) {
      // The first delta is the time since the profile began, in which the guest did not run yet.
      const ms = at === 0 ? 0 : deltaMs;
      builder.addAll(nodes[stack]!, [weight, Math.round(ms * 1e6)]);
      wallMs += ms;
      count += weight;
    }
  }
  return { samples: count, wallMs, build: (notes) => Object.freeze({ ...builder.build(), notes }) };
}
