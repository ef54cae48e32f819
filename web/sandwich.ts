import type { Model } from "./model.ts";

/** A function that calls the chosen one or is called by it. */
export interface Neighbour {
  /** Index of the function, -1 for the start of the stack. */
  readonly func: number;
  readonly value: number;
}

/** A function between those that call it and those that it calls. */
export interface Sandwich {
  readonly self: number;
  readonly total: number;
  /** Who brought the function onto the stack first: together its total. */
  readonly callers: readonly Neighbour[];
  /** What was called where the function stood on the stack last: with `self` its total. */
  readonly callees: readonly Neighbour[];
}

/**
 * Adds up who calls a function and what it calls. A stack on which it stands more than once counts once:
 * for the caller of its first appearance and the callee of its last, so that sums come out right.
 */
export function sandwichOf(model: Model, column: number, func: number): Sandwich {
  const { nodeFunctions, parents, ends } = model;
  const values = model.total[column]!;
  const callers = new Map<number, number>();
  const callees = new Map<number, number>();
  const add = (map: Map<number, number>, key: number, value: number): void => {
    map.set(key, (map.get(key) ?? 0) + value);
  };
  let [self, total, outerEnd] = [0, 0, 0];
  for (let node = 0; node < nodeFunctions.length; node++) {
    if (nodeFunctions[node] !== func) continue;
    const parent = parents[node]!;
    self += model.self[column]![node]!;
    if (node >= outerEnd) {
      outerEnd = ends[node]!;
      total += values[node]!;
      add(callers, parent === -1 ? -1 : nodeFunctions[parent]!, values[node]!);
    } else {
      // What is below this appearance is not what the one above called.
      add(callees, calleeOnTheWay(model, node, func), -values[node]!);
    }
    for (let child = node + 1; child < ends[node]!; child = ends[child]!) {
      add(callees, nodeFunctions[child]!, values[child]!);
    }
  }
  // Its calls of itself cancel out.
  callees.delete(func);
  return { self, total, callers: sorted(callers), callees: sorted(callees) };
}

/** Returns the function by whose call the one above led to this appearance of the function. */
function calleeOnTheWay({ nodeFunctions, parents }: Model, node: number, func: number): number {
  let below = node;
  for (let at = parents[node]!; nodeFunctions[at] !== func; at = parents[at]!) below = at;
  return nodeFunctions[below]!;
}

function sorted(map: ReadonlyMap<number, number>): Neighbour[] {
  return [...map]
    .map(([func, value]) => ({ func, value }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value || a.func - b.func);
}
