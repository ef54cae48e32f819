import type { Sink } from "../bytes/index.ts";
import { InstructionReader, placedInBody, readLocals } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import type { Counters } from "./counters.ts";
import { siteKind } from "./flow-graph.ts";
import type { FlowGraph } from "./flow-graph.ts";
import { analyseReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";

/** More call sites than these would make the module larger for little. */
const mostSites = 16;
/** In a larger function a counter on entry does not matter. In bytes. */
const largestBody = 256;
/** Calls of itself in one function from which on counting by callers saves something. */
const fewestOwnCalls = 2;

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
export function findCallerCounts(module: Module): CallerCounts | undefined {
  const candidates = treeRecursions(module);
  const { exports, start, elementFunctions, expressionFunctions } = module;
  if (candidates.size === 0) return undefined;
  for (const { kind, index } of exports) if (kind === "func") candidates.delete(index);
  for (const index of elementFunctions) candidates.delete(index);
  for (const index of expressionFunctions) candidates.delete(index);
  if (start !== undefined) candidates.delete(start);
  if (candidates.size === 0) return undefined;

  /** For each candidate the callers, one entry a call. */
  const sites = new Map<number, number[]>();
  for (const index of candidates) sites.set(index, []);
  const reader = new InstructionReader(module.bytes);
  for (let defined = 0; defined < module.bodies.start.length; defined++) {
    forEachCall(reader, module, defined, (caller, callee, isReference) => {
      if (isReference) sites.delete(callee);
      else sites.get(callee)?.push(caller);
    });
  }
  for (const [index, callers] of sites) if (callers.length > mostSites) sites.delete(index);
  if (sites.size === 0) return undefined;
  const returns = analyseReturns(module);
  for (const index of sites.keys()) if (returns.mayLeave[index] === 1) sites.delete(index);
  if (sites.size === 0) return undefined;
  return {
    functions: new Set(sites.keys()),
    callers: new Set([...sites.values()].flat()),
    returns,
  };
}

/** Finds small functions that call themselves several times. */
function treeRecursions(module: Module): Set<number> {
  const found = new Set<number>();
  const { bodies, bytes } = module;
  const reader = new InstructionReader(bytes);
  for (let defined = 0; defined < bodies.start.length; defined++) {
    if (bodies.end[defined]! - bodies.start[defined]! > largestBody) continue;
    let ownCalls = 0;
    forEachCall(reader, module, defined, (caller, callee, isReference) => {
      if (callee === caller && !isReference) ownCalls++;
    });
    if (ownCalls >= fewestOwnCalls) found.add(module.importedFunctions + defined);
  }
  return found;
}

/** Visits the direct calls and the references in a body. */
function forEachCall(
  reader: InstructionReader,
  module: Module,
  defined: number,
  visit: (caller: number, callee: number, isReference: boolean) => void,
): void {
  const { bytes, bodies, importedFunctions } = module;
  const caller = importedFunctions + defined;
  try {
    const end = bodies.end[defined]!;
    reader.reset(readLocals(bytes, bodies.start[defined]!, end).codeStart, end);
    while (reader.position < end) {
      reader.next();
      const isReference = reader.code === 0xd2;
      if (reader.code === 0x10 || reader.code === 0x12 || isReference) {
        visit(caller, reader.index, isReference);
      }
    }
  } catch (error) {
    throw placedInBody(module, defined, error);
  }
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
