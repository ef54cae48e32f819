import type { Profile } from "./model.ts";
import { subtreeValues } from "./totals.ts";

// A browser is quick with some thousand boxes; the narrowest one is a tenth of a pixel wide.
const BOX_LIMIT = 6000;
const LEVEL_LIMIT = 400;
const NARROWEST_SHARE = 0.1 / 1200;

/** A node that is drawn. */
export interface Box {
  readonly node: number;
  /** Depth of the node, 0 for a root. */
  readonly level: number;
  /** Where the box begins, in units of the value. */
  readonly start: number;
  /** Its own value and that of everything below. */
  readonly value: number;
}

/** The boxes of a flame graph, a parent before its children, and the widest child first. */
export interface FlameLayout {
  readonly boxes: readonly Box[];
  /** Value of the whole profile. */
  readonly total: number;
  readonly levels: number;
  /** How many nodes have a value, drawn or not. */
  readonly nodes: number;
}

/** Places the nodes of a profile that are wide enough to be seen. */
export function flameLayout(profile: Profile): FlameLayout {
  const { parents, primary } = profile;
  const values = subtreeValues(profile, primary);
  const total = profile.selfValues[primary]!.reduce((sum, value) => sum + value, 0);
  const smallest = smallestValue(values, total);
  const candidates: number[] = [];
  for (let node = 0; node < values.length; node++) {
    if (values[node]! >= smallest) candidates.push(node);
  }
  // Sorted so, a parent comes before its children, as its value is not smaller and its index is.
  candidates.sort((a, b) => values[b]! - values[a]! || a - b);
  const placed = new Map<number, Box>();
  const filled = new Map<number, number>();
  for (const node of candidates) {
    if (placed.size === BOX_LIMIT) break;
    const parent = placed.get(parents[node]!);
    if ((parents[node] !== -1 && !parent) || parent?.level === LEVEL_LIMIT - 1) continue;
    const start = filled.get(parents[node]!) ?? parent?.start ?? 0;
    const value = values[node]!;
    filled.set(parents[node]!, start + value);
    placed.set(node, { node, level: (parent?.level ?? -1) + 1, start, value });
  }
  const boxes = [...placed.values()];
  return {
    boxes,
    total,
    levels: boxes.reduce((levels, { level }) => Math.max(levels, level + 1), 0),
    nodes: values.reduce((count, value) => count + Number(value > 0), 0),
  };
}

function smallestValue(values: Float64Array, total: number): number {
  const smallest = Math.max(total * NARROWEST_SHARE, Number.MIN_VALUE);
  const wide = values.filter((value) => value >= smallest);
  return wide.length <= BOX_LIMIT ? smallest : wide.toSorted().at(-BOX_LIMIT)!;
}
