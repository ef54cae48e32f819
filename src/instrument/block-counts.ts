import type { Sink } from "../bytes/index.ts";
import { valueType } from "../wasm/index.ts";
import type { LocalRun } from "../wasm/index.ts";
import { addAmount, localGet, localSet, localTee } from "./code.ts";
import type { CounterPlan } from "./counter-plan.ts";
import type { Counters } from "./counters.ts";
import { siteKind } from "./flow-graph.ts";
import type { FlowGraph } from "./flow-graph.ts";
import type { BodyChanges } from "./write-body.ts";

const uncounted = -1;
const noLocals: readonly LocalRun[] = [];
/** More locals in a loop cost more, by spilling, than they save (24 of them: 1.47x on CoreMark). */
const mostCachedInALoop = 4;

/** A counter that lives in a local while a loop runs. */
interface Cached {
  readonly local: number;
  readonly word: number;
}

/**
 * Counts blocks of bodies in words of `counters`. In a loop without calls a counter is kept in a local
 * and stored (never loaded) at each run: the store keeps the word right at a trap, and the next run need not
 * wait for it.
 *
 * - `perBlock`: one word for each block outside the spanning tree, by one.
 * - otherwise one word for the body, by the blocks' weights.
 *
 * One object serves all bodies: `prepare` looks at the one that the graph holds.
 */
export class BlockCounter implements BodyChanges {
  locals: readonly LocalRun[] = noLocals;
  blocks: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  readonly #graph: FlowGraph;
  readonly #plan: CounterPlan;
  readonly #counters: Counters;
  readonly #perBlock: boolean;
  /** For each counted block its word, and the local in which that lives, or `uncounted`. */
  #words = new Int32Array(16);
  #locals = new Int32Array(16);
  readonly #cachedIn = new Map<number, Cached[]>();

  constructor(graph: FlowGraph, plan: CounterPlan, counters: Counters, perBlock: boolean) {
    this.#graph = graph;
    this.#plan = plan;
    this.#counters = counters;
    this.#perBlock = perBlock;
  }

  /** Hands out the words of the body; `firstLocal` is the index of the first local that may be added. */
  prepare(firstLocal: number): void {
    const { count } = this.#graph;
    const { counted, weight } = this.#plan;
    if (count > this.#words.length) {
      this.blocks = new Uint8Array(count * 2);
      this.#words = new Int32Array(count * 2);
      this.#locals = new Int32Array(count * 2);
    }
    if (this.#cachedIn.size > 0) this.#cachedIn.clear();
    this.locals = noLocals;
    const perBlock = this.#perBlock;
    const bodyWord = perBlock ? uncounted : this.#counters.next();
    for (let block = 0; block < count; block++) {
      if (counted[block] === 0 || (!perBlock && weight[block] === 0)) {
        this.blocks[block] = 0;
        continue;
      }
      this.blocks[block] = 1;
      this.#words[block] = perBlock ? this.#counters.next() : bodyWord;
      this.#locals[block] = this.#cache(block, firstLocal);
    }
    if (this.#cachedIn.size === 0) return;
    let localCount = 0;
    for (const cached of this.#cachedIn.values()) localCount = Math.max(localCount, cached.length);
    if (localCount > 0) this.locals = [[localCount, valueType.i64]];
  }

  /** Gives the local for a block's word, if it runs in a loop without calls. */
  #cache(block: number, firstLocal: number): number {
    const graph = this.#graph;
    const inner = graph.loop[block]!;
    if (inner < 0 || graph.loopCalls[inner] === true || this.#counters.pop === undefined) {
      return uncounted;
    }
    const home = this.#perBlock ? inner : outermostWithoutCalls(graph, inner);
    if (this.#perBlock && graph.loopIsOuter[home] === true) return uncounted;
    const cached = this.#cachedIn.get(home) ?? [];
    const word = this.#words[block]!;
    const known = cached.find((entry) => entry.word === word);
    if (known !== undefined) return known.local;
    if (cached.length === mostCachedInALoop) return uncounted;
    const local = firstLocal + cached.length;
    cached.push({ local, word });
    this.#cachedIn.set(home, cached);
    return local;
  }

  atBlock(block: number, sink: Sink): void {
    const word = this.#words[block]!;
    const amount = this.#perBlock ? 1 : this.#plan.weight[block]!;
    const local = this.#locals[block]!;
    if (local === uncounted) this.#counters.add(sink, word, amount);
    else {
      localGet(sink, local);
      addAmount(sink, amount);
      localTee(sink, local);
      this.#counters.pop!(sink, word);
    }
  }

  atSite(site: number, sink: Sink): boolean {
    const graph = this.#graph;
    if (graph.siteKind[site] !== siteKind.loop || this.#cachedIn.size === 0) return false;
    for (const { local, word } of this.#cachedIn.get(graph.siteArgument[site]!) ?? []) {
      this.#counters.push(sink, word);
      localSet(sink, local);
    }
    return false;
  }
}

/** Finds the largest loop around `loop` (or itself) in which nothing is called. */
export function outermostWithoutCalls(graph: FlowGraph, loop: number): number {
  let outermost = loop;
  for (;;) {
    const around = graph.loopParent[outermost]!;
    if (around < 0 || graph.loopCalls[around] === true) return outermost;
    outermost = around;
  }
}
