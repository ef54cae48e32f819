import { BlockVisitor } from "../../instrument/index.ts";
import { formatPercent, ProfileBuilder } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import type { DebugInfo, SourceFrame } from "../../symbols/index.ts";

/** Coverage by debug data below which a report says so. */
const fullCoverage = 0.99;

/**
 * Books the instructions of a profile's counted blocks on source lines. The frame of a function carries the line
 * that ran, or the one into which another function was inlined; that function's frame stands below it. Functions
 * without debug data keep a frame without a line.
 *
 * @param bytes The original module.
 * @param frameOf Names the functions.
 */
export function lineProfile(
  bytes: Uint8Array,
  profile: Profile,
  debug: DebugInfo,
  frameOf: (funcIndex: number) => Frame,
): Profile {
  const { blocks = [], module, valueTypes, primary } = profile;
  const columns = {
    calls: columnOf(profile, "calls"),
    instructions: columnOf(profile, "instructions"),
  };
  const collected = new ProfileBuilder({ module, mode: "blocks", valueTypes, primary });
  const places = new Places(collected, frameOf);
  const visitor = new BlockVisitor(bytes);
  const calls = callsByFunction(profile, columns.calls);
  let covered = 0;
  let all = 0;
  for (const { funcIndex, offset, instructions, count } of blocks) {
    visitor.visit(offset, instructions, (at) => {
      const { node, own, hasLine } = places.at(funcIndex, debug.framesAt(at));
      collected.add(node, columns.instructions, count);
      all += count;
      if (hasLine) covered += count;
      const entered = calls.get(funcIndex);
      if (entered === undefined) return;
      // Offsets rise, so this is the function's first instruction: where its calls arrive.
      collected.add(own, columns.calls, entered);
      calls.delete(funcIndex);
    });
  }
  // Functions whose bodies are empty: they were called, and nothing in them ran.
  for (const [funcIndex, entered] of calls) {
    if (entered !== 0) collected.add(places.at(funcIndex, []).node, columns.calls, entered);
  }
  const notes = [...profile.notes, ...debug.notes];
  if (covered < all * fullCoverage) {
    notes.push(`${formatPercent(covered, all)} of the instructions executed have a source line.`);
  }
  const { frames, parents, nodeFrames, selfValues } = collected.build();
  return Object.freeze({
    ...profile,
    mode: "blocks" as const,
    frames,
    parents,
    nodeFrames,
    selfValues,
    notes: Object.freeze(notes),
  });
}

/**
 * Lists what runs at a place of a function, the innermost inlined function first and the function itself last,
 * under the name that profiles show.
 */
export function sourceFrames(own: Frame, frames: readonly SourceFrame[]): Frame[] {
  const inlined = frames.slice(0, -1).map((frame) => inlinedFrame(frame, own));
  return [...inlined, { ...own, ...placeOf(frames.at(-1)) }];
}

function columnOf({ valueTypes }: Profile, name: string): number {
  return valueTypes.findIndex((type) => type.name === name);
}

function callsByFunction(profile: Profile, column: number): Map<number, number> {
  const { frames, nodeFrames, selfValues } = profile;
  const calls = new Map<number, number>();
  nodeFrames.forEach((frame, node) => {
    const { funcIndex } = frames[frame]!;
    if (funcIndex === undefined) return;
    calls.set(funcIndex, (calls.get(funcIndex) ?? 0) + selfValues[column]![node]!);
  });
  return calls;
}

/** What is known of a place in the sources. */
interface Place {
  readonly node: number;
  /** The function's own node above, the same where nothing is inlined. */
  readonly own: number;
  readonly hasLine: boolean;
}

/** Finds the nodes of places in the sources. */
class Places {
  readonly #builder: ProfileBuilder;
  readonly #frameOf: (funcIndex: number) => Frame;
  /** Debug data mostly gives the same array for the same place again: no key needs to be made of it. */
  readonly #known = new Map<readonly SourceFrame[], Place>();
  #function = -1;

  constructor(builder: ProfileBuilder, frameOf: (funcIndex: number) => Frame) {
    this.#builder = builder;
    this.#frameOf = frameOf;
  }

  /** Gives the place of an instruction; `frames` are its own, the innermost first. */
  at(funcIndex: number, frames: readonly SourceFrame[]): Place {
    if (funcIndex !== this.#function) {
      this.#function = funcIndex;
      this.#known.clear();
    }
    let place = this.#known.get(frames);
    if (place === undefined) {
      place = this.#make(funcIndex, frames);
      this.#known.set(frames, place);
    }
    return place;
  }

  #make(funcIndex: number, frames: readonly SourceFrame[]): Place {
    const builder = this.#builder;
    const shown = sourceFrames(this.#frameOf(funcIndex), frames);
    let own = -1;
    let node = -1;
    for (const frame of shown.toReversed()) {
      node = builder.child(node, builder.frame(frame));
      if (own === -1) own = node;
    }
    return { node, own, hasLine: shown[0]!.line !== undefined };
  }
}

function inlinedFrame(frame: SourceFrame, { funcIndex }: Frame): Frame {
  const { name = "(inlined)", mangledName } = frame;
  return {
    name,
    ...(mangledName !== undefined && mangledName !== name && { mangledName }),
    ...(funcIndex !== undefined && { funcIndex }),
    ...placeOf(frame),
    inlined: true,
  };
}

function placeOf(frame: SourceFrame | undefined): { file?: string; line?: number } {
  if (frame?.file === undefined || frame.line === undefined) return {};
  return { file: plainPath(frame.file), line: frame.line };
}

/** Leaves out the steps of a path that lead nowhere, as in `./src/./main.c`. */
function plainPath(file: string): string {
  return file.replaceAll(/(^|\/)(?:\.\/)+/g, "$1");
}
