import { ProfileBuilder, ProfileError } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import { sampleTypes } from "./sample-types.ts";

/** The parts of the Firefox profiler's format that wasmtime's guest profiler fills. */
interface GuestProfile {
  readonly threads: readonly {
    readonly stringArray: readonly string[];
    readonly stackTable: {
      readonly prefix: readonly (number | null)[];
      readonly frame: readonly number[];
    };
    readonly frameTable: { readonly func: readonly number[] };
    readonly funcTable: { readonly name: readonly number[] };
    readonly samples: {
      readonly length: number;
      readonly stack: readonly (number | null)[];
      readonly weight?: readonly number[] | null;
      /** Milliseconds before each sample. */
      readonly timeDeltas?: readonly number[];
    };
  }[];
}

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
  text: string,
  module: Profile["module"],
  frameOf: (name: string) => Frame,
): GuestSamples {
  const builder = new ProfileBuilder({ module, ...sampleTypes, mode: "sample" });
  let samples = 0;
  let wallMs = 0;
  for (const thread of parse(text).threads) {
    const { stringArray, stackTable, frameTable, funcTable } = thread;
    const nodes: number[] = [];
    // A stack stands behind its prefix.
    for (const [at, frame] of stackTable.frame.entries()) {
      const prefix = stackTable.prefix[at] ?? null;
      const name = stringArray[funcTable.name[frameTable.func[frame]!]!] ?? "(no name)";
      nodes[at] = builder.child(
        prefix === null ? -1 : nodes[prefix]!,
        builder.frame(frameOf(name)),
      );
    }
    for (const [at, stack] of thread.samples.stack.entries()) {
      if (stack === null) continue;
      const weight = thread.samples.weight?.[at] ?? 1;
      // The first delta is the time since the profile began, in which the guest did not run yet.
      const deltaMs = at === 0 ? 0 : (thread.samples.timeDeltas?.[at] ?? 0);
      builder.addAll(nodes[stack]!, [weight, Math.round(deltaMs * 1e6)]);
      wallMs += deltaMs;
      samples += weight;
    }
  }
  return { samples, wallMs, build: (notes) => Object.freeze({ ...builder.build(), notes }) };
}

function parse(text: string): GuestProfile {
  try {
    const profile = JSON.parse(text) as Partial<GuestProfile> | null;
    if (profile?.threads?.every(({ stackTable, samples }) => stackTable && samples) === true) {
      return profile as GuestProfile;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ProfileError("wasmtime wrote no profile of the Firefox profiler's format");
}
