import type { FunctionMark, ReportData } from "../src/report/report-data.ts";
import { unpack } from "../src/report/packed.ts";

/** A function of the profile. */
export interface FunctionInfo {
  readonly name: string;
  readonly mangled: string | undefined;
  /** Index in the original module, -1 where there is none. */
  readonly index: number;
  readonly place: string | undefined;
  readonly marks: readonly FunctionMark[];
  /** For each value type what was spent in the function itself. */
  readonly self: readonly number[];
  /** For each value type what was spent while the function was on the stack. */
  readonly total: readonly number[];
}

/**
 * A profile as the page works with it. Nodes stand depth first, so those below a node are the ones from
 * the next to `ends[node]`, its first child is the next one, and the next sibling of a child is at its end.
 */
export interface Model {
  readonly data: ReportData;
  readonly functions: readonly FunctionInfo[];
  readonly parents: Int32Array;
  readonly ends: Int32Array;
  readonly nodeFunctions: Int32Array;
  /** For each value type the nodes' own values. */
  readonly self: readonly Float64Array[];
  /** For each value type the values of each node and everything below it. */
  readonly total: readonly Float64Array[];
  /** Levels of the tree. */
  readonly depth: number;
}

/** Unpacks what the page holds. */
export function modelOf(data: ReportData): Model {
  const { tree, functions } = data;
  const self = tree.self.map((column) => unpack(column, tree.nodes));
  const { parents, ends, depth } = linksOf(unpack(tree.ups, tree.nodes));
  const count = functions.names.length;
  const selfOf = functions.self.map((column) => unpack(column, count));
  const totalOf = functions.total.map((column) => unpack(column, count));
  return {
    data,
    functions: functions.names.map((name, index) => ({
      name,
      mangled: functions.mangled[index],
      index: functions.indices[index]!,
      place: functions.places[index],
      marks: functions.marks[index] ?? [],
      self: selfOf.map((column) => column[index]!),
      total: totalOf.map((column) => column[index]!),
    })),
    parents,
    ends,
    nodeFunctions: Int32Array.from(unpack(tree.functions, tree.nodes)),
    self,
    total: self.map((column) => subtreeSums(column, parents)),
    depth,
  };
}

function linksOf(ups: Float64Array): Pick<Model, "parents" | "ends" | "depth"> {
  const parents = new Int32Array(ups.length);
  const ends = new Int32Array(ups.length).fill(ups.length);
  const stack: number[] = [];
  let depth = 0;
  ups.forEach((up, node) => {
    for (let left = up; left > 0; left--) ends[stack.pop()!] = node;
    parents[node] = stack.at(-1) ?? -1;
    depth = Math.max(depth, stack.push(node));
  });
  return { parents, ends, depth };
}

function subtreeSums(self: Float64Array, parents: Int32Array): Float64Array {
  const sums = Float64Array.from(self);
  for (let node = sums.length - 1; node >= 0; node--) {
    if (parents[node] !== -1) sums[parents[node]!]! += sums[node]!;
  }
  return sums;
}

/** Visits the children of a node, of -1 the roots. */
export function eachChild(model: Model, node: number, visit: (child: number) => void): void {
  const end = node === -1 ? model.parents.length : model.ends[node]!;
  for (let child = node + 1; child < end; child = model.ends[child]!) visit(child);
}
