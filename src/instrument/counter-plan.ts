import type { FlowGraph } from "./flow-graph.ts";
import { outside } from "./flow-graph.ts";

const mostToInsert = 24;

/**
 * Chooses the blocks of a body that need a counter: those outside a spanning tree of the graph whose
 * nodes are points and whose edges are blocks. Blocks that run often come into the tree first.
 */
export class CounterPlan {
  /** For each block: 1 when it is counted, 0 when its count follows from the others. */
  counted: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  /** Number of counted blocks. */
  countedTotal = 0;
  /**
   * For each counted block what its run adds to one sum, so that the sum over all runs is the number of
   * executed instructions: zero for the blocks in the tree; may be zero or negative for others.
   */
  weight: Int32Array<ArrayBuffer> = new Int32Array(16);

  // Union-find over points. The potential of `to` minus that of `from` is the size of a block in the tree.
  #parent: Int32Array<ArrayBuffer> = new Int32Array(16);
  #delta: Int32Array<ArrayBuffer> = new Int32Array(16);
  #order: Uint32Array<ArrayBuffer> = new Uint32Array(16);
  readonly #bucket = new Uint32Array(257);
  /** What the last `#find` found; and that of the point outside. */
  #found = 0;
  #base = 0;

  /**
   * Makes the plan for the body that `graph` holds. The same body gives the same plan at any time. Without
   * `weighted` the weights are left out.
   */
  make(graph: FlowGraph, weighted = true): void {
    this.#reset(graph);
    const { count, from, to, size } = graph;
    this.countedTotal = 0;
    this.#base = 0;
    if (count === 1) {
      // A body without branches, as many are: its block leads from outside to outside.
      this.counted[0] = 1;
      this.countedTotal = 1;
      this.weight[0] = size[0]!;
      return;
    }
    for (let at = 0; at < count; at++) {
      const vertex = this.#order[at]!;
      const start = this.#find(from[vertex]!);
      const startDelta = this.#found;
      const end = this.#find(to[vertex]!);
      if (start === end) {
        this.counted[vertex] = 1;
        this.countedTotal++;
      } else {
        this.counted[vertex] = 0;
        this.#parent[end] = start;
        // potential(to) = potential(from) + size, both measured from the common root.
        this.#delta[end] = startDelta + size[vertex]! - this.#found;
      }
    }
    if (!weighted) return;
    this.#find(outside);
    this.#base = this.#found;
    for (let vertex = 0; vertex < count; vertex++) {
      if (this.counted[vertex] === 0) {
        this.weight[vertex] = 0;
        continue;
      }
      this.#find(from[vertex]!);
      const before = this.#found;
      this.#find(to[vertex]!);
      this.weight[vertex] = size[vertex]! + before - this.#found;
    }
  }

  /** Gives a point's potential: instructions run on the way there from outside, along the tree. */
  potential(point: number): number {
    this.#find(point);
    return this.#found - this.#base;
  }

  #reset(graph: FlowGraph): void {
    const { count, rank, pointCount } = graph;
    if (count > this.counted.length) {
      this.counted = new Uint8Array(count * 2);
      this.weight = new Int32Array(count * 2);
      this.#order = new Uint32Array(count * 2);
    }
    if (pointCount > this.#parent.length) {
      this.#parent = new Int32Array(pointCount * 2);
      this.#delta = new Int32Array(pointCount * 2);
    }
    for (let point = 0; point < pointCount; point++) {
      this.#parent[point] = point;
      this.#delta[point] = 0;
    }
    if (count <= mostToInsert) {
      this.#insertionSort(count, rank);
      return;
    }
    // A counting sort by falling rank; of equal ranks the later block comes first.
    const bucket = this.#bucket.fill(0);
    for (let vertex = 0; vertex < count; vertex++) bucket[256 - rank[vertex]!]!++;
    for (let at = 1; at < bucket.length; at++) bucket[at]! += bucket[at - 1]!;
    for (let vertex = 0; vertex < count; vertex++) {
      this.#order[--bucket[256 - rank[vertex]!]!] = vertex;
    }
  }

  /** Sorts few blocks as `#reset` does many: its buckets would cost more than most bodies have blocks. */
  #insertionSort(count: number, rank: Uint8Array): void {
    const order = this.#order;
    for (let sorted = 0; sorted < count; sorted++) {
      const vertex = count - 1 - sorted;
      let at = sorted;
      while (at > 0 && rank[order[at - 1]!]! < rank[vertex]!) {
        order[at] = order[at - 1]!;
        at--;
      }
      order[at] = vertex;
    }
  }

  /** Finds the root, leaves the potential measured from there in `#found`, and shortens the way. */
  #find(point: number): number {
    const parent = this.#parent;
    const delta = this.#delta;
    let root = point;
    let total = 0;
    while (parent[root] !== root) {
      total += delta[root]!;
      root = parent[root]!;
    }
    this.#found = total;
    for (let at = point; at !== root;) {
      const next = parent[at]!;
      const step = delta[at]!;
      parent[at] = root;
      delta[at] = total;
      total -= step;
      at = next;
    }
    return root;
  }
}
