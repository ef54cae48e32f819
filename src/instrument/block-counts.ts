import type { Sink } from "../bytes/index.ts";
import { valueType } from "../wasm/index.ts";
import { addAmount, localGet, localSet, localTee } from "./code.ts";
import type { CounterPlan } from "./counter-plan.ts";
import type { Counters } from "./counters.ts";
import { siteKind } from "./flow-graph.ts";
import type { FlowGraph } from "./flow-graph.ts";
import type { BodyChanges } from "./write-body.ts";

const uncounted = -1;
/** More locals in a loop cost more, by spilling, than they save (24 of them: 1.47x on CoreMark). */
const mostCachedInALoop = 4;

/** A counter that lives in a local while a loop runs. */
interface Cached {
  readonly local: number;
  readonly word: number;
}

/**
 * Counts blocks of one body in words of `counters`. In a loop without calls a counter is kept in a local
 * and stored (never loaded) at each run: the store keeps the word right at a trap, and the next run need not
 * wait for it.
 *
 * - `perBlock`: one word for each block outside the spanning tree, by one.
 * - otherwise one word for the body, by the blocks' weights.
 */
export function countBlocks(
  graph: FlowGraph,
  plan: CounterPlan,
  counters: Counters,
  firstLocal: number,
  perBlock: boolean,
): BodyChanges {
  const { count, loop, loopCalls } = graph;
  const words = new Int32Array(count).fill(uncounted);
  const locals = new Int32Array(count).fill(uncounted);
  const cachedIn = new Map<number, Cached[]>();
  const bodyWord = perBlock ? uncounted : counters.next();
  let localCount = 0;
  for (let block = 0; block < count; block++) {
    if (plan.counted[block] === 0) continue;
    if (!perBlock && plan.weight[block] === 0) continue;
    words[block] = perBlock ? counters.next() : bodyWord;
    const inner = loop[block]!;
    if (inner < 0 || loopCalls[inner] === true || counters.pop === undefined) continue;
    const home = perBlock ? inner : outermostWithoutCalls(graph, inner);
    if (perBlock && graph.loopIsOuter[home] === true) continue;
    const cached = cachedIn.get(home) ?? [];
    if (perBlock && cached.length === mostCachedInALoop) continue;
    const known = cached.find(({ word }) => word === words[block]);
    locals[block] = known?.local ?? firstLocal + cached.length;
    if (known === undefined) cached.push({ local: locals[block]!, word: words[block]! });
    cachedIn.set(home, cached);
    localCount = Math.max(localCount, cached.length);
  }
  return {
    ...(localCount === 0 ? {} : { locals: [[localCount, valueType.i64]] }),
    atBlock(block, sink) {
      const word = words[block]!;
      if (word === uncounted) return;
      const amount = perBlock ? 1 : plan.weight[block]!;
      const local = locals[block]!;
      if (local === uncounted) counters.add(sink, word, amount);
      else {
        localGet(sink, local);
        addAmount(sink, amount);
        localTee(sink, local);
        counters.pop!(sink, word);
      }
    },
    ...(cachedIn.size === 0
      ? {}
      : {
          atSite(site: number, sink: Sink): boolean {
            if (graph.siteKind[site] !== siteKind.loop) return false;
            for (const { local, word } of cachedIn.get(graph.siteArgument[site]!) ?? []) {
              counters.push(sink, word);
              localSet(sink, local);
            }
            return false;
          },
        }),
  };
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
