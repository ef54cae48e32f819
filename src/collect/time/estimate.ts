import { Regions } from "./regions.ts";
import type { TimedRun } from "./regions.ts";

/** Fewer samples in a region say little of it. */
const fewestHits = 5;

/** One stack of functions with own values; an empty stack is the host. */
export interface EstimatedStack {
  readonly functions: readonly number[];
  readonly calls: number;
  readonly timeNs: number;
}

/** What a timed run comes to. */
export interface TimeEstimate {
  /** Parents before their children; calls and times are whole numbers. */
  readonly stacks: readonly EstimatedStack[];
  /** For each function whether its time was measured (1) or estimated. */
  readonly measured: Uint8Array;
}

/**
 * Shares the time of each region out among the functions that ran in it: as the samples taken in it say or,
 * where there are hardly any, by the mean time of the calls that were timed and the number of all calls. What all
 * stacks have together is what was measured.
 */
export function estimateTimes(run: TimedRun): TimeEstimate {
  return new Estimator(run).run();
}

class Estimator {
  readonly #run: TimedRun;
  readonly #regions: Regions;
  readonly #times = new Map<string, { functions: readonly number[]; time: number }>();
  /** For each measured region its places among the sampled stacks, with hits. */
  readonly #places: Map<string, { functions: readonly number[]; hits: number }>[];

  constructor(run: TimedRun) {
    this.#run = run;
    this.#regions = new Regions(run);
    this.#places = this.#regions.parents.map(() => new Map());
  }

  run(): TimeEstimate {
    const { times, measured } = this.#regions;
    const sampled = this.#samplesByRegion();
    for (const [region, time] of times.entries()) {
      const samples = sampled[region]!;
      const hits = samples.reduce((sum, stack) => sum + stack.hits, 0);
      if (hits < fewestHits) {
        this.#placeOf(region, this.#regions.pathTo(region), 1);
        this.#shareByMeans(region, time);
        continue;
      }
      for (const stack of samples) {
        this.#placeOf(region, stack.functions.slice(0, stack.at), stack.hits);
        this.#book(stack.functions, (time * stack.hits) / hits);
      }
    }
    return { stacks: this.#withCalls(), measured };
  }

  #samplesByRegion(): { functions: readonly number[]; at: number; hits: number }[][] {
    const { parents, measured } = this.#regions;
    const found = parents.map(
      (): { functions: readonly number[]; at: number; hits: number }[] => [],
    );
    for (const { functions, hits } of this.#run.stacks) {
      let region = 0;
      let at = 0;
      for (const [depth, func] of functions.entries()) {
        if (measured[func] === 0) continue;
        const child = this.#regions.child(region, func);
        if (child === undefined) continue;
        region = child;
        at = depth + 1;
      }
      found[region]!.push({ functions, at, hits });
    }
    return found;
  }

  /** Functions that were not timed throughout get what their mean and their calls say, the region's own the rest. */
  #shareByMeans(region: number, time: number): void {
    const { tree, calls, meanOwn } = this.#run;
    const shares: { functions: number[]; weight: number }[] = [];
    let sum = 0;
    for (const node of this.#unmeasuredIn(region)) {
      const func = tree.functions[node]!;
      const weight = calls[func]! * this.#partOf(node) * meanOwn(func);
      sum += weight;
      shares.push({ functions: this.#pathOf(node), weight });
    }
    const scale = sum > time ? time / sum : 1;
    for (const { functions, weight } of shares) this.#book(functions, weight * scale);
    this.#book(this.#regions.pathTo(region), Math.max(0, time - sum));
  }

  #unmeasured: number[][] | undefined;
  #unmeasuredIn(region: number): readonly number[] {
    if (this.#unmeasured === undefined) {
      const { tree } = this.#run;
      const lists = (this.#unmeasured = this.#regions.parents.map((): number[] => []));
      for (let node = 1; node < tree.count; node++) {
        if (this.#regions.measured[tree.functions[node]!] === 0) {
          lists[this.#regions.ofNode[node]!]!.push(node);
        }
      }
    }
    return this.#unmeasured[region]!;
  }

  #timed: Float64Array | undefined;
  /** The part of a function's timed calls that stands at a node. */
  #partOf(node: number): number {
    const { tree, calls } = this.#run;
    if (this.#timed === undefined) {
      this.#timed = new Float64Array(calls.length);
      for (let each = 1; each < tree.count; each++) {
        this.#timed[tree.functions[each]!]! += tree.calls[each]!;
      }
    }
    return tree.calls[node]! / this.#timed[tree.functions[node]!]!;
  }

  /** The path to the region of an unmeasured node, and what is unmeasured from there on. */
  #pathOf(node: number): number[] {
    const { tree } = this.#run;
    const { measured, ofNode } = this.#regions;
    const below = [];
    for (let at = node; at > 0 && measured[tree.functions[at]!] === 0; at = tree.parents[at]!) {
      below.push(tree.functions[at]!);
    }
    return [...this.#regions.pathTo(ofNode[node]!), ...below.toReversed()];
  }

  #placeOf(region: number, functions: readonly number[], hits: number): void {
    const places = this.#places[region]!;
    const key = functions.join();
    const known = places.get(key);
    if (known === undefined) places.set(key, { functions, hits });
    else known.hits += hits;
  }

  #book(functions: readonly number[], time: number): void {
    const key = functions.join();
    const known = this.#times.get(key);
    if (known === undefined) this.#times.set(key, { functions, time });
    else known.time += time;
  }

  /** Puts all calls of each function to its stacks: to measured regions as timed, else as their time says. */
  #withCalls(): EstimatedStack[] {
    const { calls } = this.#run;
    const { measured, parents, functions } = this.#regions;
    const weights = Array.from(calls, () => new Map<string, number>());
    const add = (func: number, stack: readonly number[], weight: number): void => {
      this.#book(stack, 0);
      const key = stack.join();
      weights[func]!.set(key, (weights[func]!.get(key) ?? 0) + weight);
    };
    for (let region = 1; region < parents.length; region++) {
      const places = [...this.#places[region]!.values()];
      const hits = places.reduce((sum, place) => sum + place.hits, 0);
      for (const place of places) {
        const share = (this.#regions.calls[region]! * place.hits) / hits;
        add(functions[region]!, place.functions, share);
      }
    }
    for (const { functions: stack, time } of this.#times.values()) {
      const func = stack.at(-1);
      // A little more than nothing, so that a function without time has a place for its calls.
      if (func !== undefined && measured[func] === 0) add(func, stack, time + 1e-9);
    }
    for (const [func, all] of calls.entries()) {
      if (all > 0 && weights[func]!.size === 0) add(func, [func], 1);
    }
    const callsOf = new Map<string, number>();
    for (const [func, all] of calls.entries()) {
      for (const [key, share] of wholeShares(weights[func]!, all)) {
        callsOf.set(key, (callsOf.get(key) ?? 0) + share);
      }
    }
    const times = new Map([...this.#times].map(([key, { time }]) => [key, time]));
    const total = Math.round([...times.values()].reduce((sum, time) => sum + time, 0));
    const whole = wholeShares(times, total);
    return [...this.#times]
      .map(([key, stack]) => ({
        functions: stack.functions,
        calls: callsOf.get(key) ?? 0,
        timeNs: whole.get(key) ?? 0,
      }))
      .filter((stack) => stack.calls > 0 || stack.timeNs > 0)
      .toSorted((a, b) => a.functions.length - b.functions.length);
  }
}

/** Shares a whole number out by weights, so that the shares are whole and add up to it. */
function wholeShares(weights: ReadonlyMap<string, number>, total: number): Map<string, number> {
  const sum = [...weights.values()].reduce((left, right) => left + right, 0);
  const shares = new Map<string, number>();
  if (sum === 0) return shares;
  let before = 0;
  let upTo = 0;
  for (const [key, weight] of weights) {
    upTo += weight;
    const now = Math.min(total, Math.round((total * upTo) / sum));
    shares.set(key, now - before);
    before = now;
  }
  return shares;
}
