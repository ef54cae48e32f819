import { DecodeError } from "../bytes/index.ts";
import { decodeModule, InstructionReader, placedInBody, readCalls } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import { elsewhereNode, parentShift, treeHeaderWords, wordsANode } from "./call-tree.ts";
import { findCallerCounts, missedCalls } from "./caller-counts.ts";
import { CounterPlan } from "./counter-plan.ts";
import { isCounted } from "./counted.ts";
import { FlowGraph } from "./flow-graph.ts";
import { countsBlocks, countsTree } from "./modes.ts";
import type { ExactMode } from "./modes.ts";
import { RawProfileError } from "./raw-profile-error.ts";
import { analyseReturns } from "./returns.ts";
import { solveBlocks } from "./solve.ts";

/** A 64-bit word as a number; counts beyond 2^53 lose their last bits. */
export type Words = Float64Array;

/**
 * An activation that a trap ended: it did not run to the end of the block that it was in. A list of them is the
 * whole stack of the guest, the innermost first.
 */
export interface LostActivation {
  readonly funcIndex: number;
  /** Offset in the original file of the instruction that it was at. */
  readonly offset: number;
}

/** What one function did. */
export interface FunctionCounts {
  readonly funcIndex: number;
  /** Undefined in mode `insns`. */
  readonly calls: number | undefined;
  /** Undefined in mode `calls`. */
  readonly instructions: number | undefined;
}

/** How often a block ran. A block in which a trap ended an activation stands in two parts. */
export interface BlockCounts {
  readonly funcIndex: number;
  /** Offset in the original file. */
  readonly offset: number;
  readonly instructions: number;
  readonly count: number;
}

/** The calling-context tree as parallel arrays; a parent stands before its children. */
export interface ContextTree {
  /** -1 for the root. */
  readonly parents: Int32Array;
  /** Function indices; -1 for the root and for "elsewhere". */
  readonly functions: Int32Array;
  readonly calls: Float64Array;
  readonly instructions: Float64Array;
  /** The node below which calls stand that found no room at their place, or -1. */
  readonly elsewhere: number;
}

/** What an instrumented module counted. */
export interface ExactCounts {
  readonly mode: ExactMode;
  /** All defined functions that ran, by index. */
  readonly functions: readonly FunctionCounts[];
  readonly blocks?: readonly BlockCounts[];
  readonly tree?: ContextTree;
}

/**
 * Turns the words of a raw profile into counts. The layout follows from the original module and the mode.
 * Throws a `DecodeError` when the module is malformed, and a `RawProfileError` when the words are not its own.
 *
 * @param lost All activations that traps ended.
 * @param stacks The same by trap, each a whole stack, where the host went on after a trap.
 */
export function readCounts(
  bytes: Uint8Array,
  mode: ExactMode,
  words: Words,
  lost: readonly LostActivation[] = [],
  stacks: readonly (readonly LostActivation[])[] = [lost],
): ExactCounts {
  const module = decodeModule(bytes);
  if (mode === "tree") return readTree(module, words, stacks);
  const reader = new FlatReader(module, mode, words, lost);
  const flat = reader.read();
  if (mode !== "tree+blocks") return flat;
  // The words of the tree stand behind those of the blocks.
  const ofTree = readTree(module, words.subarray(reader.wordsRead), stacks);
  return { ...ofTree, mode, ...(flat.blocks && { blocks: flat.blocks }) };
}

/** Tells how many words of a raw profile stand in front of those of the call tree. */
export function wordsBeforeTree(bytes: Uint8Array, mode: ExactMode, words: Words): number {
  if (mode === "tree") return 0;
  const reader = new FlatReader(decodeModule(bytes), mode, words, []);
  reader.read();
  return reader.wordsRead;
}

class FlatReader {
  readonly #module: Module;
  readonly #mode: ExactMode;
  readonly #words: Words;
  readonly #lost: ReadonlyMap<number, number[]>;
  readonly #bodies: BodyPlans;
  /** How many words belong to the bodies. */
  wordsRead = 0;

  constructor(module: Module, mode: ExactMode, words: Words, lost: readonly LostActivation[]) {
    this.#module = module;
    this.#mode = mode;
    this.#words = words;
    this.#lost = offsetsByFunction(lost);
    this.#bodies = new BodyPlans(module);
  }

  read(): ExactCounts {
    const { bodies, importedFunctions } = this.#module;
    const functions: FunctionCounts[] = [];
    const blocks: BlockCounts[] = [];
    const missed = this.#mode === "calls" ? this.#missedCalls() : new Map<number, number>();
    let next = 0;
    for (let defined = 0; defined < bodies.start.length; defined++) {
      const funcIndex = importedFunctions + defined;
      if (countsBlocks(this.#mode)) {
        next += this.#readBlocks(defined, next, functions, blocks);
        continue;
      }
      let value = this.#words[next++] ?? 0;
      if (this.#mode === "calls") value -= missed.get(funcIndex) ?? 0;
      else value += this.#bodies.correction(defined, this.#lost.get(funcIndex));
      if (value === 0) continue;
      const calls = this.#mode === "calls" ? value : undefined;
      const instructions = this.#mode === "insns" ? value : undefined;
      functions.push({ funcIndex, calls, instructions });
    }
    this.wordsRead = next;
    if (countsTree(this.#mode) ? next > this.#words.length : next !== this.#words.length) {
      throw new RawProfileError(
        `the raw profile has ${this.#words.length} words, this module in mode ${this.#mode} has ${next}: it is another module's`,
      );
    }
    return { mode: this.#mode, functions, ...(countsBlocks(this.#mode) ? { blocks } : {}) };
  }

  /** Counts calls that callers counted and, because of a trap, did not make; by callee. */
  #missedCalls(): Map<number, number> {
    const missed = new Map<number, number>();
    const counted =
      this.#lost.size === 0 ? undefined : findCallerCounts(this.#module, readCalls(this.#module));
    if (counted === undefined) return missed;
    for (const [funcIndex, offsets] of this.#lost) {
      if (!counted.callers.has(funcIndex)) continue;
      const { graph } = this.#bodies.make(funcIndex - this.#module.importedFunctions);
      for (const callee of offsets.flatMap((offset) => missedCalls(graph, counted, offset))) {
        missed.set(callee, (missed.get(callee) ?? 0) + 1);
      }
    }
    return missed;
  }

  #readBlocks(
    defined: number,
    first: number,
    functions: FunctionCounts[],
    blocks: BlockCounts[],
  ): number {
    const { graph, plan } = this.#bodies.make(defined);
    const funcIndex = this.#module.importedFunctions + defined;
    const counts = new Float64Array(graph.count);
    let next = first;
    let any = false;
    for (let block = 0; block < graph.count; block++) {
      if (plan.counted[block] === 0) continue;
      counts[block] = this.#words[next++] ?? 0;
      any ||= counts[block] !== 0;
    }
    const ends = this.#lost.get(funcIndex);
    if (!any && ends === undefined) return next - first;
    const places = (ends ?? []).map((offset) => this.#bodies.place(offset));
    const lost = new Map<number, number>();
    for (const { block } of places) lost.set(block, (lost.get(block) ?? 0) + 1);
    solveBlocks(graph, plan, counts, lost);
    let instructions = 0;
    for (let block = 0; block < graph.count; block++) {
      const count = counts[block]!;
      if (count === 0) continue;
      const whole = {
        funcIndex,
        offset: graph.offset[block]!,
        instructions: graph.size[block]!,
        count,
      };
      const inside = places.filter((place) => place.block === block);
      for (const part of partsOf(whole, inside)) {
        instructions += part.count * part.instructions;
        blocks.push(part);
      }
    }
    if (instructions > 0 || counts[0]! > 0) {
      functions.push({ funcIndex, calls: counts[0]!, instructions });
    }
    return next - first;
  }
}

/** Plans of bodies, made again as the rewriter made them. */
class BodyPlans {
  readonly #module: Module;
  readonly #graph: FlowGraph;
  readonly #plan = new CounterPlan();

  constructor(module: Module) {
    this.#module = module;
    this.#graph = new FlowGraph(module, analyseReturns(module));
  }

  make(defined: number): { graph: FlowGraph; plan: CounterPlan } {
    try {
      this.#graph.read(defined);
      this.#plan.make(this.#graph);
    } catch (error) {
      throw placedInBody(this.#module, defined, error);
    }
    return { graph: this.#graph, plan: this.#plan };
  }

  /** Finds the block of an instruction in the body made last, and how many of its instructions ran. */
  place(offset: number): PlaceInBlock {
    const graph = this.#graph;
    let block = 0;
    while (block + 1 < graph.count && graph.offset[block + 1]! <= offset) block++;
    const reader = new InstructionReader(this.#module.bytes);
    reader.reset(graph.offset[block]!, graph.codeEnd);
    let executed = 0;
    while (executed < graph.size[block]!) {
      reader.next();
      if (isCounted(reader.code)) executed++;
      if (reader.start >= offset) break;
    }
    return { block, executed, next: reader.position };
  }

  /** What must be added to a body's sum for activations that ended at these offsets. */
  correction(defined: number, offsets: readonly number[] | undefined): number {
    if (offsets === undefined) return 0;
    const { graph, plan } = this.make(defined);
    let sum = 0;
    for (const offset of offsets) {
      const { block, executed } = this.place(offset);
      sum += executed + plan.potential(graph.from[block]!) - plan.weight[block]!;
    }
    return sum;
  }
}

/** Where in a block a trap ended an activation. */
interface PlaceInBlock {
  readonly block: number;
  /** Instructions of the block that ran, the one that trapped among them. */
  readonly executed: number;
  /** Offset behind the last of them. */
  readonly next: number;
}

/** Cuts a block where activations ended in it: what stands behind ran less often. */
function partsOf(whole: BlockCounts, ends: readonly PlaceInBlock[]): BlockCounts[] {
  if (ends.length === 0) return [whole];
  const parts: BlockCounts[] = [];
  let { offset, instructions, count } = whole;
  let before = 0;
  for (const { executed, next } of ends.toSorted((a, b) => a.executed - b.executed)) {
    if (executed > before) parts.push({ ...whole, offset, instructions: executed - before, count });
    offset = next;
    instructions = whole.instructions - executed;
    before = executed;
    count--;
  }
  if (instructions > 0 && count > 0) parts.push({ ...whole, offset, instructions, count });
  return parts;
}

function offsetsByFunction(lost: readonly LostActivation[]): ReadonlyMap<number, number[]> {
  const byFunction = new Map<number, number[]>();
  for (const { funcIndex, offset } of lost) {
    const offsets = byFunction.get(funcIndex);
    if (offsets === undefined) byFunction.set(funcIndex, [offset]);
    else offsets.push(offset);
  }
  return byFunction;
}

function readTree(
  module: Module,
  words: Words,
  stacks: readonly (readonly LostActivation[])[],
): ExactCounts {
  const count = (words.length - treeHeaderWords) / wordsANode;
  if (!Number.isInteger(count) || count < 2)
    throw new RawProfileError("the raw profile is no call tree");
  const parents = new Int32Array(count);
  const functions = new Int32Array(count);
  const calls = new Float64Array(count);
  const instructions = new Float64Array(count);
  for (let node = 0; node < count; node++) {
    const at = treeHeaderWords + node * wordsANode;
    const key = words[at]!;
    functions[node] = (key % 2 ** parentShift) - 1;
    parents[node] = Math.floor(key / 2 ** parentShift) - 1;
    calls[node] = words[at + 1]!;
    instructions[node] = words[at + 2]!;
    if (functions[node]! >= module.functions.length) {
      throw new RawProfileError("the raw profile names a function that the module does not have");
    }
  }
  parents[elsewhereNode] = 0;
  for (const stack of stacks) correctTree(module, { parents, functions, instructions }, stack);
  const sums = new Map<number, { calls: number; instructions: number }>();
  for (let node = elsewhereNode + 1; node < count; node++) {
    const sum = sums.get(functions[node]!) ?? { calls: 0, instructions: 0 };
    sum.calls += calls[node]!;
    sum.instructions += instructions[node]!;
    sums.set(functions[node]!, sum);
  }
  const full = parents.includes(elsewhereNode);
  return {
    mode: "tree",
    functions: [...sums]
      .toSorted(([left], [right]) => left - right)
      .map(([funcIndex, sum]) => ({ funcIndex, ...sum })),
    tree: { parents, functions, calls, instructions, elsewhere: full ? elsewhereNode : -1 },
  };
}

/**
 * Corrects the nodes on the stack at a trap: its frames from the outermost inwards are the way from the root.
 * (The other way round a folded recursion, whose levels share a node, would lead nowhere.)
 */
function correctTree(
  module: Module,
  tree: { parents: Int32Array; functions: Int32Array; instructions: Float64Array },
  lost: readonly LostActivation[],
): void {
  if (lost.length === 0) return;
  const { parents, functions, instructions } = tree;
  const bodies = new BodyPlans(module);
  const childOf = childFinder(parents, functions);
  const enclosing = (from: number, funcIndex: number): number => {
    let at = from;
    while (at > 0 && functions[at] !== funcIndex) at = parents[at]!;
    return at;
  };
  let node = 0;
  for (const { funcIndex, offset } of lost.toReversed()) {
    node =
      childOf(node, funcIndex) ||
      enclosing(node, funcIndex) ||
      childOf(elsewhereNode, funcIndex) ||
      Math.max(0, functions.indexOf(funcIndex));
    if (node === 0) throw new DecodeError("a frame of the trap is not in the tree", offset);
    instructions[node]! += bodies.correction(funcIndex - module.importedFunctions, [offset]);
  }
}

/** Makes a function that finds a node's child for a function; 0, the root, where there is none. */
function childFinder(
  parents: Int32Array,
  functions: Int32Array,
): (node: number, funcIndex: number) => number {
  const firstChild = new Int32Array(parents.length);
  const sibling = new Int32Array(parents.length);
  for (let node = 1; node < parents.length; node++) {
    sibling[node] = firstChild[parents[node]!]!;
    firstChild[parents[node]!] = node;
  }
  return (node, funcIndex) => {
    let at = firstChild[node]!;
    while (at !== 0 && functions[at] !== funcIndex) at = sibling[at]!;
    return at;
  };
}
