import type { CounterPlan } from "./counter-plan.ts";
import { outside } from "./flow-graph.ts";
import type { FlowGraph } from "./flow-graph.ts";

/**
 * Finds how often each block of a body ran from the counts of the counted ones. What flows to a point
 * flows from it; `lost` activations that a trap ended in a block flow from there to the outside.
 *
 * @param counts For counted blocks their counts; the others are filled in.
 * @param lost For each block how many activations ended inside it.
 */
export function solveBlocks(
  graph: FlowGraph,
  plan: CounterPlan,
  counts: Float64Array,
  lost: ReadonlyMap<number, number>,
): void {
  const { count, from, to } = graph;
  const points = graph.pointCount;
  // What leaves a point minus what arrives there, as far as it is known.
  const surplus = new Float64Array(points);
  const unknown = new Int32Array(points);
  // For each point the exclusive-or of its unknown blocks: with one left, that is the block.
  const blocks = new Int32Array(points);
  const book = (block: number): void => {
    const gone = lost.get(block) ?? 0;
    surplus[from[block]!]! += counts[block]!;
    surplus[to[block]!]! -= counts[block]! - gone;
  };
  for (const gone of lost.values()) surplus[outside]! -= gone;
  for (let block = 0; block < count; block++) {
    if (plan.counted[block] === 1) {
      book(block);
      continue;
    }
    for (const point of [from[block]!, to[block]!]) {
      unknown[point]!++;
      blocks[point]! ^= block;
    }
  }
  // The uncounted blocks form a tree: peel its leaves.
  const leaves: number[] = [];
  for (let point = 0; point < points; point++) if (unknown[point] === 1) leaves.push(point);
  while (leaves.length > 0) {
    const point = leaves.pop()!;
    if (unknown[point] !== 1) continue;
    const block = blocks[point]!;
    const start = from[block]!;
    const end = to[block]!;
    const gone = lost.get(block) ?? 0;
    counts[block] = Math.max(0, start === point ? -surplus[point]! : surplus[point]! + gone);
    book(block);
    for (const other of [start, end]) {
      unknown[other]!--;
      blocks[other]! ^= block;
      if (unknown[other] === 1) leaves.push(other);
    }
  }
}
