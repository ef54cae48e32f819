import type { Sink } from "../bytes/index.ts";
import { valueType } from "../wasm/index.ts";
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

/**
 * Books a body's calls and instructions on its node of the tree. At its start the body finds its node and
 * makes it the current one; behind each call it does so again. Nothing is done on the way out, so that
 * returns, branches, exceptions, tail calls and traps need no care.
 */
export function bookOnTree(
  graph: FlowGraph,
  plan: CounterPlan,
  tree: CallTree,
  funcIndex: number,
  firstLocal: number,
  returnsBalanced: (callee: number) => boolean,
): BodyChanges {
  const { memory } = tree;
  const node = firstLocal;
  const parent = firstLocal + 1;
  const tailCalls = hasTailCall(graph);
  const cached = firstLocal + (tailCalls ? 2 : 1);
  const homes = loopsWithBookings(graph, plan);

  const address = (sink: Sink): void => {
    localGet(sink, node);
    memory.pushBase(sink);
  };
  const book = (sink: Sink, offset: number, amount: number): void => {
    address(sink);
    address(sink);
    memory.access(sink, 0x29, 3, offset);
    addAmount(sink, amount);
    memory.access(sink, 0x37, 3, offset);
  };
  const enter = (sink: Sink): void => {
    globalGet(sink, tree.current);
    if (tailCalls) localTee(sink, parent);
    localTee(sink, node);
    memory.pushBase(sink);
    memory.access(sink, 0x28, 2, nodeField.lastFunc);
    i32Const(sink, funcIndex + 1);
    sink.bytes(Uint8Array.of(0x46, 0x04, i32));
    address(sink);
    memory.access(sink, 0x28, 2, nodeField.lastNode);
    sink.byte(0x05);
    localGet(sink, node);
    i32Const(sink, funcIndex + 1);
    call(sink, tree.child);
    sink.byte(0x0b);
    localTee(sink, node);
    globalSet(sink, tree.current);
    book(sink, nodeField.calls, 1);
  };
  const becomeCurrent = (sink: Sink): void => {
    localGet(sink, node);
    globalSet(sink, tree.current);
  };
  const handle = (sink: Sink): void => {
    becomeCurrent(sink);
    // What was thrown may come from a host function that has grown the memory.
    if (memory.guest !== undefined) call(sink, memory.guest.sync);
  };
  return {
    locals: [[tailCalls ? 2 : 1, i32], ...(homes.size > 0 ? [[1, i64] as const] : [])],
    atBlock(block, sink) {
      if (block === 0) enter(sink);
      const amount = plan.weight[block]!;
      if (plan.counted[block] === 0 || amount === 0) return;
      const inner = graph.loop[block]!;
      if (inner === uncounted || graph.loopCalls[inner] === true) {
        book(sink, nodeField.instructions, amount);
        return;
      }
      address(sink);
      localGet(sink, cached);
      addAmount(sink, amount);
      localTee(sink, cached);
      memory.access(sink, 0x37, 3, nodeField.instructions);
    },
    atSite(site, sink) {
      const kind = graph.siteKind[site];
      if (kind === siteKind.tailCall) {
        localGet(sink, parent);
        globalSet(sink, tree.current);
      } else if (kind === siteKind.loop && homes.has(graph.siteArgument[site]!)) {
        address(sink);
        memory.access(sink, 0x29, 3, nodeField.instructions);
        localSet(sink, cached);
      }
      return false;
    },
    afterSite(site, sink) {
      switch (graph.siteKind[site]!) {
        case siteKind.call:
          if (!returnsBalanced(graph.siteArgument[site]!)) becomeCurrent(sink);
          break;
        case siteKind.callIndirect:
          becomeCurrent(sink);
          break;
        case siteKind.handler:
          handle(sink);
          break;
        case siteKind.loop:
          if (graph.loopsHandle) handle(sink);
      }
    },
  };
}

function hasTailCall(graph: FlowGraph): boolean {
  for (let site = 0; site < graph.siteCount; site++) {
    if (graph.siteKind[site] === siteKind.tailCall) return true;
  }
  return false;
}

/** The largest loops without calls in which something is booked. */
function loopsWithBookings(graph: FlowGraph, plan: CounterPlan): ReadonlySet<number> {
  const homes = new Set<number>();
  for (let block = 0; block < graph.count; block++) {
    if (plan.counted[block] === 0 || plan.weight[block] === 0) continue;
    const inner = graph.loop[block]!;
    if (inner === uncounted || graph.loopCalls[inner] === true) continue;
    homes.add(outermostWithoutCalls(graph, inner));
  }
  return homes;
}
