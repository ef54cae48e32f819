import type { ContextTree, ExactCounts } from "../../instrument/index.ts";
import { flatProfile, treeProfile } from "../../profile/index.ts";
import type { Frame, Profile, ProfileHead, ValueType } from "../../profile/index.ts";

const callsType: ValueType = { name: "calls", unit: "count" };
const instructionsType: ValueType = { name: "instructions", unit: "count" };

/** Makes a profile of exact counts. */
export function toProfile(
  counts: ExactCounts,
  module: Profile["module"],
  frameOf: (funcIndex: number) => Frame,
  notes: readonly string[] = [],
): Profile {
  const { mode, functions, blocks, tree } = counts;
  const valueTypes =
    mode === "calls"
      ? [callsType]
      : mode === "insns"
        ? [instructionsType]
        : [callsType, instructionsType];
  const head: ProfileHead = {
    module,
    mode: mode === "tree+blocks" ? "tree" : mode,
    valueTypes,
    primary: valueTypes.length - 1,
    notes: tree === undefined ? notes : [...notes, ...treeNotes(tree)],
    ...(blocks === undefined ? {} : { blocks }),
  };
  if (tree !== undefined) return contextProfile(head, tree, frameOf);
  return flatProfile(
    head,
    functions.map(({ funcIndex, calls, instructions }) => ({
      frame: frameOf(funcIndex),
      values: [calls, instructions].filter((value) => value !== undefined),
    })),
  );
}

function treeNotes({ parents, calls, elsewhere }: ContextTree): string[] {
  if (elsewhere < 0) return [];
  let lost = 0;
  for (let node = 0; node < parents.length; node++) {
    if (parents[node] === elsewhere) lost += calls[node]!;
  }
  return [
    `The tree was full: ${lost} calls stand under "(elsewhere)" instead of under their callers; totals are exact.`,
  ];
}

/** Leaves out the root, which is no function, and "elsewhere" where nothing is. */
function contextProfile(
  head: ProfileHead,
  tree: ContextTree,
  frameOf: (funcIndex: number) => Frame,
): Profile {
  const count = tree.parents.length;
  const kept = new Int32Array(count).fill(-1);
  const frames: Frame[] = [];
  const frameIndex = new Map<number, number>();
  const parents: number[] = [];
  const nodeFrames: number[] = [];
  const calls: number[] = [];
  const instructions: number[] = [];
  for (let node = 1; node < count; node++) {
    const funcIndex = tree.functions[node]!;
    if (funcIndex < 0 && node !== tree.elsewhere) continue;
    if (!frameIndex.has(funcIndex)) {
      const frame = funcIndex < 0 ? { name: "(elsewhere)" } : frameOf(funcIndex);
      frameIndex.set(funcIndex, frames.push(frame) - 1);
    }
    kept[node] = parents.length;
    const parent = tree.parents[node]!;
    parents.push(parent <= 0 ? -1 : kept[parent]!);
    nodeFrames.push(frameIndex.get(funcIndex)!);
    calls.push(tree.calls[node]!);
    instructions.push(tree.instructions[node]!);
  }
  return treeProfile(head, { frames, parents, nodeFrames, selfValues: [calls, instructions] });
}
