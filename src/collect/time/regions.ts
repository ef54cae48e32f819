/** A run that was timed in part. Functions are named by index; times are in nanoseconds. */
export interface TimedRun {
  /** Number of imported functions, which come first. */
  readonly importedFunctions: number;
  /** Timed calls as a tree; node 0 is the host, and parents stand before their children. */
  readonly tree: {
    readonly count: number;
    readonly parents: Int32Array;
    readonly functions: Int32Array;
    readonly calls: Float64Array;
    readonly self: Float64Array;
  };
  /** All calls of each function, timed or not. */
  readonly calls: Float64Array;
  /** Mean own time of a function's timed calls, or a weight that stands for it, such as instructions. */
  readonly meanOwn: (funcIndex: number) => number;
  /** Stacks that were sampled meanwhile, the outermost function first. */
  readonly stacks: readonly Stack[];
}

/** A stack of functions that was seen some times. */
export interface Stack {
  readonly functions: readonly number[];
  readonly hits: number;
}

/** From so many timed calls of all on, a function's time counts as measured. */
const measuredShare = 0.9;

/**
 * The measured functions as a tree of their own: each node is a region, a stretch of time that begins when a
 * measured function is entered and that only other measured functions interrupt. How long a region lasts is known;
 * how functions that were not timed share in it is estimated. Region 0 is the host's.
 */
export class Regions {
  readonly measured: Uint8Array;
  readonly parents: number[] = [-1];
  readonly functions: number[] = [-1];
  readonly times: number[] = [0];
  readonly calls: number[] = [0];
  /** The region that each node of the tree lies in. */
  readonly ofNode: Int32Array;
  readonly #children = new Map<string, number>();

  constructor({ tree, calls }: TimedRun) {
    const timed = new Float64Array(calls.length);
    for (let node = 1; node < tree.count; node++)
      timed[tree.functions[node]!]! += tree.calls[node]!;
    this.measured = Uint8Array.from(calls, (all, func) =>
      timed[func]! > 0 && timed[func]! >= measuredShare * all ? 1 : 0,
    );
    this.ofNode = new Int32Array(tree.count);
    this.times[0] = tree.self[0]!;
    for (let node = 1; node < tree.count; node++) {
      const func = tree.functions[node]!;
      const around = this.ofNode[tree.parents[node]!]!;
      const region = this.measured[func] === 1 ? this.#add(around, func) : around;
      this.ofNode[node] = region;
      this.times[region]! += tree.self[node]!;
      if (this.measured[func] === 1) this.calls[region]! += tree.calls[node]!;
    }
  }

  /** Finds the region of a function's activation inside of another region, undefined when none was timed. */
  child(region: number, func: number): number | undefined {
    return this.#children.get(`${region},${func}`);
  }

  /** Lists the measured functions that lead to a region, the outermost first. */
  pathTo(region: number): number[] {
    const path = [];
    for (let at = region; at > 0; at = this.parents[at]!) path.push(this.functions[at]!);
    return path.toReversed();
  }

  #add(parent: number, func: number): number {
    const known = this.child(parent, func);
    if (known !== undefined) return known;
    const region = this.parents.push(parent) - 1;
    this.functions.push(func);
    this.times.push(0);
    this.calls.push(0);
    this.#children.set(`${parent},${func}`, region);
    return region;
  }
}
