import type { Model } from "./model.ts";
import { eachChild } from "./model.ts";

/**
 * A box of a flame graph: the nodes of the profile with the same function and the same way to it.
 * Children are found when they are asked for, as most boxes are never seen.
 */
export interface Box {
  /** Index of the function, -1 for the box of all. */
  readonly func: number;
  readonly parent: Box | undefined;
  /** 0 for the box of all. */
  readonly level: number;
  /** Where the box begins, in units of the value. */
  readonly start: number;
  readonly value: number;
  /** What was spent in the function itself; in a tree of callers only where it was spent. */
  readonly self: number;
  /** Nodes that must be looked at to find its children. */
  readonly size: number;
  /** The widest child first. */
  readonly children: () => readonly Box[];
}

/** Nodes that come together, and in a tree of callers the nodes whose cost they explain. */
interface Group {
  readonly func: number;
  readonly nodes: number[];
  readonly origins: number[];
  value: number;
}

/** Returns the tree of everything from the roots down, or that of all that one function called. */
export function calleeTree(model: Model, column: number, func = -1): Box {
  const total = model.total[column]!;
  const make = (box: Box, nodes: readonly number[]): readonly Box[] => {
    const groups = new Map<number, Group>();
    for (const node of nodes) {
      eachChild(model, node, (child) => {
        add(groups, model.nodeFunctions[child]!, child, child, total[child]!);
      });
    }
    return boxesOf(groups, (group, start) => below(box, group, start));
  };
  const below = (parent: Box, group: Group, start: number): Box => {
    const self = group.nodes.reduce((sum, node) => sum + model.self[column]![node]!, 0);
    return newBox(parent, group, start, self, (box) => make(box, group.nodes));
  };
  if (func === -1) return rootBox(sumOf(model, column), (box) => make(box, [-1]));
  const group = groupOf(func, outermost(model, func), total);
  return rootBox(group.value, (box) => (group.value > 0 ? [below(box, group, 0)] : []));
}

/**
 * Returns the tree from the functions in which everything was spent up to their callers, or that from
 * one function, with all that it called, up to its callers.
 */
export function callerTree(model: Model, column: number, func = -1): Box {
  const weights = func === -1 ? model.self[column]! : model.total[column]!;
  const above = (parent: Box, group: Group, start: number): Box => {
    const own = func === -1 && parent.level === 0 ? group.value : 0;
    return newBox(parent, group, start, own, (box) => {
      const groups = new Map<number, Group>();
      group.nodes.forEach((node, index) => {
        const caller = model.parents[node]!;
        if (caller === -1) return;
        const origin = group.origins[index]!;
        add(groups, model.nodeFunctions[caller]!, caller, origin, weights[origin]!);
      });
      return boxesOf(groups, (next, at) => above(box, next, at));
    });
  };
  if (func !== -1) {
    const group = groupOf(func, outermost(model, func), weights);
    return rootBox(group.value, (box) => (group.value > 0 ? [above(box, group, 0)] : []));
  }
  return rootBox(sumOf(model, column), (box) => {
    const groups = new Map<number, Group>();
    weights.forEach((value, node) => {
      if (value > 0) add(groups, model.nodeFunctions[node]!, node, node, value);
    });
    return boxesOf(groups, (group, start) => above(box, group, start));
  });
}

/** Returns the nodes of a function that stand below no other of its nodes. */
function outermost({ nodeFunctions, ends }: Model, func: number): number[] {
  const found: number[] = [];
  for (let node = 0; node < nodeFunctions.length;) {
    const hit = nodeFunctions[node] === func;
    if (hit) found.push(node);
    node = hit ? ends[node]! : node + 1;
  }
  return found;
}

function sumOf({ self }: Model, column: number): number {
  return self[column]!.reduce((sum, value) => sum + value, 0);
}

function groupOf(func: number, nodes: number[], weights: Float64Array): Group {
  const value = nodes.reduce((sum, node) => sum + weights[node]!, 0);
  return { func, nodes, origins: nodes, value };
}

function add(
  groups: Map<number, Group>,
  func: number,
  node: number,
  origin: number,
  value: number,
): void {
  let group = groups.get(func);
  if (group === undefined) groups.set(func, (group = { func, nodes: [], origins: [], value: 0 }));
  group.nodes.push(node);
  group.origins.push(origin);
  group.value += value;
}

function boxesOf(
  groups: ReadonlyMap<number, Group>,
  make: (group: Group, offset: number) => Box,
): readonly Box[] {
  let offset = 0;
  return [...groups.values()]
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value || a.func - b.func)
    .map((group) => {
      const box = make(group, offset);
      offset += group.value;
      return box;
    });
}

function newBox(
  parent: Box,
  { func, value, nodes }: Group,
  offset: number,
  self: number,
  children: (box: Box) => readonly Box[],
): Box {
  let found: readonly Box[] | undefined;
  const { level, start } = parent;
  const box: Box = {
    func,
    parent,
    level: level + 1,
    start: start + offset,
    value,
    self,
    size: nodes.length,
    children: () => (found ??= children(box)),
  };
  return box;
}

function rootBox(value: number, children: (box: Box) => readonly Box[]): Box {
  let found: readonly Box[] | undefined;
  const box: Box = {
    func: -1,
    parent: undefined,
    level: 0,
    start: 0,
    value,
    self: 0,
    size: 0,
    children: () => (found ??= children(box)),
  };
  return box;
}
