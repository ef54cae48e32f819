import type { Profile } from "../profile/index.ts";
import { subtreeValues } from "../profile/index.ts";
import { walk } from "../profile/walk.ts";
import { pack } from "./packed.ts";
import type { TreeColumns } from "./report-data.ts";

/** Nodes that a page holds: some ten bytes each in the file for two value types. */
const NODE_LIMIT = 300_000;

/** A tree for the page and how many of the profile's nodes are in it. */
export interface CutTree {
  readonly tree: TreeColumns;
  readonly kept: number;
}

/**
 * Writes the nodes of a profile depth first. Of more than `limit` nodes the most expensive are kept, and
 * what is below each of them is added up in a child that has the function `rest`.
 */
export function treeColumns(
  profile: Profile,
  functionOfFrame: Int32Array,
  rest: number,
  limit: number = NODE_LIMIT,
): CutTree {
  const { parents, nodeFrames, selfValues } = profile;
  const keeps = keptNodes(profile, limit);
  const lost = keeps === undefined ? undefined : lostBelow(profile, keeps);
  const ups: number[] = [];
  const functions: number[] = [];
  const columns: number[][] = selfValues.map(() => []);
  let last = -1;
  let kept = 0;
  const add = (depth: number, index: number, value: (column: number) => number): void => {
    ups.push(last + 1 - depth);
    functions.push(index);
    columns.forEach((column, at) => column.push(value(at)));
    last = depth;
  };
  if (lost?.some((column) => column[0] !== 0)) add(0, rest, (column) => lost[column]![0]!);
  walk(parents, (node, depth) => {
    if (keeps?.[node] === 0) return;
    kept++;
    add(depth, functionOfFrame[nodeFrames[node]!]!, (column) => selfValues[column]![node]!);
    if (lost?.some((column) => column[node + 1] !== 0)) {
      add(depth + 1, rest, (column) => lost[column]![node + 1]!);
    }
  });
  const tree = {
    nodes: ups.length,
    ups: pack(ups),
    functions: pack(functions),
    self: columns.map((column) => pack(column)),
  };
  return { tree, kept };
}

/** Marks the `limit` nodes with the highest values, parents of kept nodes among them; undefined for all. */
function keptNodes(profile: Profile, limit: number): Uint8Array | undefined {
  const { parents, primary } = profile;
  if (parents.length <= limit) return undefined;
  const values = subtreeValues(profile, primary);
  const smallest = values.toSorted()[values.length - limit]!;
  let room = limit - values.reduce((count, value) => count + Number(value > smallest), 0);
  const keeps = new Uint8Array(parents.length);
  values.forEach((value, node) => {
    if (value < smallest || (value === smallest && room === 0)) return;
    // Of equal values the parent's comes first; it can be less than its child's only below zero.
    if (parents[node] !== -1 && keeps[parents[node]!] === 0) return;
    if (value === smallest) room--;
    keeps[node] = 1;
  });
  return keeps;
}

/** Adds up, at each kept node's index plus one and at 0 for roots, what its children lost that are not kept. */
function lostBelow(profile: Profile, keeps: Uint8Array): Float64Array[] {
  return profile.selfValues.map((_, column) => {
    const sums = new Float64Array(keeps.length + 1);
    subtreeValues(profile, column).forEach((value, node) => {
      const parent = profile.parents[node]!;
      if (keeps[node] === 0 && (parent === -1 || keeps[parent] === 1)) sums[parent + 1]! += value;
    });
    return sums;
  });
}
