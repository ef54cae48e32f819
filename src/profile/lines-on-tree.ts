import { ProfileBuilder } from "./builder.ts";
import type { Frame, Profile } from "./model.ts";
import { ProfileError } from "./profile-error.ts";

/** Where in a function instructions ran, the function's own frame first, then what was inlined. */
interface Place {
  readonly path: readonly number[];
  /** Instructions that no context has taken yet. */
  left: number;
}

interface FunctionLines {
  readonly file: string | undefined;
  readonly places: Place[];
  left: number;
}

const note =
  "What a function did in several contexts is spread over its lines alike; sums of lines and of contexts are exact.";

/**
 * Puts the lines of a run on its call tree, for formats that hold one profile: beside the node of a function, which
 * keeps calls and callees, stand nodes with its lines and what they executed. How often a line ran in which context
 * was not counted: each context gets of each line what is its due by the function's instructions there, and the sums
 * over contexts and lines are what they were. A tree that has lines is returned as it is.
 *
 * @param lines The same run by source line, flat but for inlined functions.
 */
export function linesOnTree(tree: Profile, lines: Profile): Profile {
  const column = tree.valueTypes.findIndex(({ name }) => name === "instructions");
  if (column < 0) throw new ProfileError("no instructions to put on lines");
  // It was done before.
  if (tree.frames.some(({ line }) => line !== undefined)) return tree;
  const builder = new ProfileBuilder({ ...tree, notes: [...tree.notes, note] });
  const functions = functionLines(lines, builder);
  const nodes = new Int32Array(tree.parents.length);
  const frames = tree.frames.map((frame) => {
    const file = ofFunction(functions, frame)?.file;
    return builder.frame(file === undefined ? frame : { ...frame, file });
  });
  tree.parents.forEach((parentNode, node) => {
    const parent = parentNode === -1 ? -1 : nodes[parentNode]!;
    const frame = tree.nodeFrames[node]!;
    const own = builder.child(parent, frames[frame]!);
    nodes[node] = own;
    tree.selfValues.forEach((values, at) => {
      if (at !== column) builder.add(own, at, values[node]!);
    });
    const known = ofFunction(functions, tree.frames[frame]!);
    let rest = tree.selfValues[column]![node]!;
    if (known !== undefined) {
      rest -= spread(known, rest, (place, count) => {
        const leaf = place.path.reduce((above, next) => builder.child(above, next), parent);
        builder.add(leaf, column, count);
      });
    }
    builder.add(own, column, rest);
  });
  return builder.build();
}

function ofFunction(
  functions: ReadonlyMap<number, FunctionLines>,
  { funcIndex, inlined }: Frame,
): FunctionLines | undefined {
  return funcIndex === undefined || inlined ? undefined : functions.get(funcIndex);
}

/** Gathers for each function the places that executed something. */
function functionLines(profile: Profile, builder: ProfileBuilder): Map<number, FunctionLines> {
  const { frames, nodeFrames, parents, valueTypes, selfValues } = profile;
  const values = selfValues[valueTypes.findIndex(({ name }) => name === "instructions")];
  const functions = new Map<number, FunctionLines>();
  const paths: (readonly number[])[] = [];
  nodeFrames.forEach((at, node) => {
    const frame = frames[at]!;
    const above = parents[node] === -1 ? [] : paths[parents[node]!]!;
    const path = [...above, builder.frame(frame)];
    paths.push(path);
    const count = values?.[node] ?? 0;
    if (frame.funcIndex === undefined) return;
    const known = functions.get(frame.funcIndex) ?? { file: frame.file, places: [], left: 0 };
    functions.set(frame.funcIndex, known);
    if (count === 0) return;
    known.places.push({ path, left: count });
    known.left += count;
  });
  return functions;
}

/** Takes `count` instructions out of a function's places, of each its share, and returns how many there were. */
function spread(
  of: FunctionLines,
  count: number,
  give: (place: Place, count: number) => void,
): number {
  const taken = Math.min(count, of.left);
  if (taken === 0) return 0;
  const whole = of.left;
  let before = 0;
  let given = 0;
  for (const place of of.places) {
    before += place.left;
    // Rounded sums instead of rounded parts: they add up, and no place gives more than it has.
    const upTo = scaled(before, taken, whole);
    if (upTo > given) {
      give(place, upTo - given);
      place.left -= upTo - given;
      given = upTo;
    }
  }
  of.left -= taken;
  return taken;
}

/** Returns a * b / c, rounded down. */
function scaled(a: number, b: number, c: number): number {
  if (a * b <= Number.MAX_SAFE_INTEGER) return Math.floor((a * b) / c);
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}
