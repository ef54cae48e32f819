import type { Sink } from "../bytes/index.ts";
import { valueType } from "../wasm/index.ts";
import type { LocalRun } from "../wasm/index.ts";
import { outermostWithoutCalls } from "./block-counts.ts";
import { nodeField } from "./call-tree.ts";
import type { CallTree } from "./call-tree.ts";
import {
  addAmount,
  call,
  globalGet,
  globalSet,
  i32Const,
  localGet,
  localSet,
  localTee,
} from "./code.ts";
import type { CounterPlan } from "./counter-plan.ts";
import { siteKind } from "./flow-graph.ts";
import type { FlowGraph } from "./flow-graph.ts";
import type { BodyChanges } from "./write-body.ts";

const { i32, i64 } = valueType;
const uncounted = -1;
/** The locals added: one or two for nodes, and one for a cached sum. */
const localRuns: readonly (readonly LocalRun[])[] = [
  [[1, i32]],
  [[2, i32]],
  [
    [1, i32],
    [1, i64],
  ],
  [
    [2, i32],
    [1, i64],
  ],
];

const noHomes: ReadonlySet<number> = new Set();

/**
 * Books bodies' calls and instructions on their nodes of the tree. At its start a body finds its node and
 * makes it the current one; behind each call it does so again. Nothing is done on the way out, so that
 * returns, branches, exceptions, tail calls and traps need no care.
 *
 * One object serves all bodies: `prepare` looks at the one that the graph holds.
 */
export class TreeBooker implements BodyChanges {
  locals: readonly LocalRun[] = [];
  blocks: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  readonly #graph: FlowGraph;
  readonly #plan: CounterPlan;
  readonly #tree: CallTree;
  readonly #returnsBalanced: (callee: number) => boolean;
  #funcIndex = 0;
  // The locals that are added.
  #node = 0;
  #parent = 0;
  #cached = 0;
  #tailCalls = false;
  /** The largest loops without calls in which something is booked. */
  #homes = noHomes;

  constructor(
    graph: FlowGraph,
    plan: CounterPlan,
    tree: CallTree,
    returnsBalanced: (callee: number) => boolean,
  ) {
    this.#graph = graph;
    this.#plan = plan;
    this.#tree = tree;
    this.#returnsBalanced = returnsBalanced;
  }

  /** Looks at the body; `firstLocal` is the index of the first local that may be added. */
  prepare(funcIndex: number, firstLocal: number): void {
    this.#funcIndex = funcIndex;
    this.#tailCalls = hasTailCall(this.#graph);
    this.#node = firstLocal;
    this.#parent = firstLocal + 1;
    this.#cached = firstLocal + (this.#tailCalls ? 2 : 1);
    this.#homes = this.#graph.loopParent.length === 0 ? noHomes : this.#loopsWithBookings();
    this.locals = localRuns[(this.#tailCalls ? 1 : 0) + (this.#homes.size > 0 ? 2 : 0)]!;
    const { count } = this.#graph;
    if (count > this.blocks.length) this.blocks = new Uint8Array(count * 2);
    for (let block = 0; block < count; block++) this.blocks[block] = this.#books(block) ? 1 : 0;
    this.blocks[0] = 1;
  }

  #books(block: number): boolean {
    return this.#plan.counted[block] === 1 && this.#plan.weight[block] !== 0;
  }

  atBlock(block: number, sink: Sink): void {
    if (block === 0) this.#enter(sink);
    if (!this.#books(block)) return;
    const graph = this.#graph;
    const amount = this.#plan.weight[block]!;
    const inner = graph.loop[block]!;
    if (inner === uncounted || graph.loopCalls[inner] === true) {
      this.#book(sink, nodeField.instructions, amount);
      return;
    }
    this.#address(sink);
    localGet(sink, this.#cached);
    addAmount(sink, amount);
    localTee(sink, this.#cached);
    this.#tree.memory.access(sink, 0x37, 3, nodeField.instructions);
  }

  atSite(site: number, sink: Sink): boolean {
    const graph = this.#graph;
    const kind = graph.siteKind[site];
    if (kind === siteKind.tailCall) {
      localGet(sink, this.#parent);
      globalSet(sink, this.#tree.current);
    } else if (kind === siteKind.loop && this.#homes.has(graph.siteArgument[site]!)) {
      this.#address(sink);
      this.#tree.memory.access(sink, 0x29, 3, nodeField.instructions);
      localSet(sink, this.#cached);
    }
    return false;
  }

  afterSite(site: number, sink: Sink): void {
    const graph = this.#graph;
    switch (graph.siteKind[site]!) {
      case siteKind.call:
        if (!this.#returnsBalanced(graph.siteArgument[site]!)) this.#becomeCurrent(sink);
        break;
      case siteKind.callIndirect:
        this.#becomeCurrent(sink);
        break;
      case siteKind.handler:
        this.#handle(sink);
        break;
      case siteKind.loop:
        if (graph.loopsHandle) this.#handle(sink);
    }
  }

  #address(sink: Sink): void {
    localGet(sink, this.#node);
    this.#tree.memory.pushBase(sink);
  }

  #book(sink: Sink, offset: number, amount: number): void {
    const { memory } = this.#tree;
    this.#address(sink);
    this.#address(sink);
    memory.access(sink, 0x29, 3, offset);
    addAmount(sink, amount);
    memory.access(sink, 0x37, 3, offset);
  }

  #enter(sink: Sink): void {
    const { memory, current, child } = this.#tree;
    globalGet(sink, current);
    if (this.#tailCalls) localTee(sink, this.#parent);
    localTee(sink, this.#node);
    memory.pushBase(sink);
    memory.access(sink, 0x28, 2, nodeField.lastFunc);
    i32Const(sink, this.#funcIndex + 1);
    // i32.eq, if
    sink.byte(0x46);
    sink.byte(0x04);
    sink.byte(i32);
    this.#address(sink);
    memory.access(sink, 0x28, 2, nodeField.lastNode);
    sink.byte(0x05);
    localGet(sink, this.#node);
    i32Const(sink, this.#funcIndex + 1);
    call(sink, child);
    sink.byte(0x0b);
    localTee(sink, this.#node);
    globalSet(sink, current);
    this.#book(sink, nodeField.calls, 1);
  }

  #becomeCurrent(sink: Sink): void {
    localGet(sink, this.#node);
    globalSet(sink, this.#tree.current);
  }

  #handle(sink: Sink): void {
    this.#becomeCurrent(sink);
    // What was thrown may come from a host function that has grown the memory.
    const { guest } = this.#tree.memory;
    if (guest !== undefined) call(sink, guest.sync);
  }

  #loopsWithBookings(): ReadonlySet<number> {
    const graph = this.#graph;
    const homes = new Set<number>();
    for (let block = 0; block < graph.count; block++) {
      if (!this.#books(block)) continue;
      const inner = graph.loop[block]!;
      if (inner === uncounted || graph.loopCalls[inner] === true) continue;
      homes.add(outermostWithoutCalls(graph, inner));
    }
    return homes;
  }
}

function hasTailCall(graph: FlowGraph): boolean {
  for (let site = 0; site < graph.siteCount; site++) {
    if (graph.siteKind[site] === siteKind.tailCall) return true;
  }
  return false;
}
