import type { Sink } from "../bytes/index.ts";
import type { Calls, Module } from "../wasm/index.ts";
import type { Counters } from "./counters.ts";
import { siteKind } from "./flow-graph.ts";
import type { FlowGraph } from "./flow-graph.ts";
import { analyseReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";

/** More call sites than these would make the module larger for little. */
const mostSites = 16;
/** In a larger function a counter on entry does not matter. In bytes. */
const largestBody = 256;

/**
 * The functions whose calls are counted where they are called, and not where they start: those that call
 * themselves several times in a row, as tree recursions do. One counting of two calls costs less than half of
 * two countings on entry: a store in front of each activation's first branch is what costs (fib: 1.7x against
 * 1.1x). Every call must be in sight: no reference, no export, no tail of a call that may not return.
 */
export interface CallerCounts {
  readonly functions: ReadonlySet<number>;
  /** Bodies in which one of them is called. */
  readonly callers: ReadonlySet<number>;
  readonly returns: Returns;
}

/** Finds such functions; undefined where there are none, as in most modules. */
export function findCallerCounts(module: Module, calls: Calls): CallerCounts | undefined {
  const found = new Set(calls.repeaters.filter((index) => isSmall(module, index)));
  const { exports, start, elementFunctions, expressionFunctions } = module;
  if (found.size === 0) return undefined;
  for (const { kind, index } of exports) if (kind === "func") found.delete(index);
  for (const index of elementFunctions) found.delete(index);
  for (const index of expressionFunctions) found.delete(index);
  for (const index of calls.referenced) found.delete(index);
  if (start !== undefined) found.delete(start);
  for (const index of found) if (calls.siteCount[index]! > mostSites) found.delete(index);
  if (found.size === 0) return undefined;
  const returns = analyseReturns(module, calls);
  for (const index of found) if (returns.mayLeave[index] === 1) found.delete(index);
  if (found.size === 0) return undefined;
  return { functions: found, callers: callersOf(module, calls, found), returns };
}

function isSmall({ bodies, importedFunctions }: Module, index: number): boolean {
  const defined = index - importedFunctions;
  return bodies.end[defined]! - bodies.start[defined]! <= largestBody;
}

function callersOf(module: Module, calls: Calls, functions: ReadonlySet<number>): Set<number> {
  const callers = new Set<number>();
  const { callees, calleesStart } = calls;
  for (let defined = 0; defined + 1 < calleesStart.length; defined++) {
    for (let at = calleesStart[defined]!; at < calleesStart[defined + 1]!; at++) {
      if (functions.has(callees[at]!)) callers.add(module.importedFunctions + defined);
    }
  }
  return callers;
}

/** A call site of a body at which several calls of one function are counted at once. */
interface Batch {
  readonly callee: number;
  readonly calls: number;
}

/**
 * Gathers the calls in each block of a body: the first call of a function in a block counts for all of them,
 * since the block is run to its end (but for traps, see `missedCalls`).
 */
export function batchCalls(
  graph: FlowGraph,
  { functions }: CallerCounts,
): ReadonlyMap<number, Batch> {
  const batches = new Map<number, Batch>();
  forEachSite(graph, functions, (site, first) => {
    const callee = graph.siteArgument[site]!;
    batches.set(first, { callee, calls: (batches.get(first)?.calls ?? 0) + 1 });
  });
  return batches;
}

/** Visits the sites at which the functions are called, with the first site of that function in the block. */
function forEachSite(
  graph: FlowGraph,
  functions: ReadonlySet<number>,
  visit: (site: number, first: number) => void,
): void {
  const firsts = new Map<number, number>();
  let block = 0;
  for (let site = 0; site < graph.siteCount; site++) {
    const callee = graph.siteArgument[site]!;
    if (graph.siteKind[site] !== siteKind.call || !functions.has(callee)) continue;
    while (block + 1 < graph.count && graph.offset[block + 1]! <= graph.siteStart[site]!) {
      block++;
      firsts.clear();
    }
    if (!firsts.has(callee)) firsts.set(callee, site);
    visit(site, firsts.get(callee)!);
  }
}

/** Appends the counting in front of a site, if it begins a batch. */
export function countBatch(
  batch: Batch | undefined,
  counters: Counters,
  importedFunctions: number,
  sink: Sink,
): void {
  if (batch !== undefined) counters.add(sink, batch.callee - importedFunctions, batch.calls);
}

/**
 * Lists the calls that were counted but not made, for an activation that a trap ended at `offset`: one entry a
 * call, the callee's index.
 */
export function missedCalls(
  graph: FlowGraph,
  { functions }: CallerCounts,
  offset: number,
): number[] {
  const missed: number[] = [];
  forEachSite(graph, functions, (site, first) => {
    const { siteStart, siteArgument } = graph;
    // The batch's first call was reached, this one behind the trap was not.
    if (siteStart[first]! <= offset && siteStart[site]! > offset && inBlock(graph, offset, site)) {
      missed.push(siteArgument[site]!);
    }
  });
  return missed;
}

function inBlock(graph: FlowGraph, offset: number, site: number): boolean {
  for (let block = 0; block < graph.count; block++) {
    const start = graph.offset[block]!;
    if (start > offset && start <= graph.siteStart[site]!) return false;
  }
  return true;
}
