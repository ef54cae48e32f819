import { assembleBody, valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import type { OwnMemory } from "./region.ts";

/**
 * The calling-context tree in memory of our own; addresses are relative to its start.
 *
 *     0       a cache of 2048 entries of 16 bytes: (parent, function + 1) -> node
 *     0x8000  the nodes, 40 bytes each; first the root and the node "elsewhere"
 *
 * A node: function + 1, parent, calls (64 bits), instructions (64 bits), the child entered last as
 * (function + 1, node), first child, next sibling.
 */
const nodesStart = 0x8000;
const nodeSize = 40;
/** Offsets in a node. */
export const nodeField = {
  func: 0,
  parent: 4,
  calls: 8,
  instructions: 16,
  lastFunc: 24,
  lastNode: 28,
  firstChild: 32,
  sibling: 36,
} as const;
const cacheEntries = 2048;

/**
 * Words of a node in the raw profile: (parent's number + 1) * 2^24 + function + 1, calls, instructions.
 * The first has at most 53 bits, so that it is a whole number in JavaScript.
 */
export const wordsANode = 3;
/** Where the parent's number stands in a node's first word. */
export const parentShift = 24;
/** Words in front of the nodes: the number of the current node. */
export const treeHeaderWords = 1;
/** The second node: functions that found no room at their place in the tree are its children. */
export const elsewhereNode = 1;

/** Pages that the tree starts with: the cache and some eight hundred nodes. */
export const treePages = 1;
/** Pages by which it grows. */
const growthPages = 4;

/**
 * A function that stands on the stack this often is not given a deeper node: a recursion's further
 * levels are booked on its innermost node. This bounds the tree of a recursive program.
 */
const deepestRecursion = 64;

const { i32, i64 } = valueType;

/** Gives the number of a node in the raw profile, from what the global of the current node holds. */
export function treeNodeNumber(address: number): number {
  return (address - nodesStart) / nodeSize;
}

/** What the bodies' code refers to. */
export interface CallTree {
  /** Global: the node of the function that runs. */
  readonly current: number;
  /** Function child(parent, function + 1) -> node. */
  readonly child: number;
  /** Function word(i32) -> i64 and count() -> i32 for the raw profile. */
  readonly word: number;
  readonly count: number;
  readonly memory: OwnMemory;
  /** Address of the root. */
  readonly root: number;
}

/** Appends globals and functions of the tree. `mostNodes` bounds its size. */
export function addCallTree(additions: Additions, memory: OwnMemory, mostNodes: number): CallTree {
  const root = nodesStart;
  const current = additions.global("i32", root);
  const elsewhere = root + elsewhereNode * nodeSize;
  const top = additions.global("i32", elsewhere + nodeSize);
  const limit = Math.min(nodesStart + mostNodes * nodeSize, 0x7fff_0000);
  const typeIndex = additions.type([i32, i32], [i32]);
  const child = additions.reserve();
  const create = additions.add({
    name: "wasmscope.create",
    typeIndex,
    body: createBody(memory, { top, limit, elsewhere, child }),
  });
  additions.define(child, { name: "wasmscope.child", typeIndex, body: childBody(memory, create) });
  const word = additions.add({
    name: "wasmscope.word",
    typeIndex: additions.type([i32], [i64]),
    body: wordBody(memory, current),
  });
  const count = additions.add({
    name: "wasmscope.count",
    typeIndex: additions.type([], [i32]),
    body: assembleBody(
      [],
      [
        ["global.get", top],
        ["i32.const", nodesStart],
        "i32.sub",
        ["i32.const", nodeSize],
        "i32.div_u",
        ["i32.const", wordsANode],
        "i32.mul",
        ["i32.const", treeHeaderWords],
        "i32.add",
      ],
    ),
  });
  return { current, child, word, count, memory, root };
}

/** word(i): the number of the current node, then three words a node. */
function wordBody(memory: OwnMemory, current: number): Uint8Array {
  const [at, address, parent] = [0, 1, 2];
  const load = (offset: number): Instruction[] => [
    ["local.get", address],
    ...memory.rebase,
    ["i32.load", ...memory.memarg(2, offset)],
  ];
  return assembleBody(
    [[2, i32]],
    [
      ["local.get", at],
      "i32.eqz",
      ["if", 0x40],
      ["global.get", current],
      ["i32.const", nodesStart],
      "i32.sub",
      ["i32.const", nodeSize],
      "i32.div_u",
      "i64.extend_i32_u",
      "return",
      "end",
      ["local.get", at],
      ["i32.const", treeHeaderWords],
      "i32.sub",
      ["local.tee", at],
      ["i32.const", wordsANode],
      "i32.div_u",
      ["i32.const", nodeSize],
      "i32.mul",
      ["i32.const", nodesStart],
      "i32.add",
      ["local.set", address],
      ["local.get", at],
      ["i32.const", wordsANode],
      "i32.rem_u",
      ["local.tee", at],
      ["if", i64],
      // Calls and instructions stand one after the other, from the second word on.
      ["local.get", address],
      ["local.get", at],
      ["i32.const", 3],
      "i32.shl",
      "i32.add",
      ...memory.rebase,
      ["i64.load", ...memory.memarg(3, 0)],
      "else",
      ...load(nodeField.parent),
      ["local.tee", parent],
      ["if", i64],
      ["local.get", parent],
      ["i32.const", nodesStart - nodeSize],
      "i32.sub",
      ["i32.const", nodeSize],
      "i32.div_u",
      "i64.extend_i32_u",
      ["i64.const", parentShift],
      "i64.shl",
      "else",
      ["i64.const", 0],
      "end",
      ...load(nodeField.func),
      "i64.extend_i32_u",
      "i64.or",
      "end",
    ],
  );
}

/** create(parent, func) -> node: finds the node among the children, or an enclosing one, or makes it. */
function createBody(
  memory: OwnMemory,
  at: { top: number; limit: number; elsewhere: number; child: number },
): Uint8Array {
  const [parent, func, node, depth, nearest] = [0, 1, 2, 3, 4];
  const load = (local: number, offset: number): Instruction[] => [
    ["local.get", local],
    ...memory.rebase,
    ["i32.load", ...memory.memarg(2, offset)],
  ];
  const store = (address: number, offset: number, value: Instruction[]): Instruction[] => [
    ["local.get", address],
    ...memory.rebase,
    ...value,
    ["i32.store", ...memory.memarg(2, offset)],
  ];
  return assembleBody(
    [[3, i32]],
    [
      // Among the children.
      ...load(parent, nodeField.firstChild),
      ["local.set", node],
      ["block", 0x40],
      ["loop", 0x40],
      ["local.get", node],
      "i32.eqz",
      ["br_if", 1],
      ...load(node, nodeField.func),
      ["local.get", func],
      "i32.eq",
      ["if", 0x40],
      ["local.get", node],
      "return",
      "end",
      ...load(node, nodeField.sibling),
      ["local.set", node],
      ["br", 0],
      "end",
      "end",
      // On the way to the root: how deep is the recursion?
      ["local.get", parent],
      ["local.set", node],
      ["block", 0x40],
      ["loop", 0x40],
      ["local.get", node],
      "i32.eqz",
      ["br_if", 1],
      ...load(node, nodeField.func),
      ["local.get", func],
      "i32.eq",
      ["if", 0x40],
      ["local.get", depth],
      "i32.eqz",
      ["if", 0x40],
      ["local.get", node],
      ["local.set", nearest],
      "end",
      ["local.get", depth],
      ["i32.const", 1],
      "i32.add",
      ["local.tee", depth],
      ["i32.const", deepestRecursion],
      "i32.eq",
      ["if", 0x40],
      ["local.get", nearest],
      "return",
      "end",
      "end",
      ...load(node, nodeField.parent),
      ["local.set", node],
      ["br", 0],
      "end",
      "end",
      // A new node. When the tree is full, the call is booked on a node below "elsewhere", where each
      // function has one: totals stay right, the way that led to it is lost.
      ["global.get", at.top],
      ["i32.const", nodeSize],
      "i32.add",
      ["local.tee", depth],
      ["i32.const", at.limit],
      "i32.gt_u",
      ["local.get", parent],
      ["i32.const", at.elsewhere],
      "i32.ne",
      "i32.and",
      ["if", 0x40],
      ["i32.const", at.elsewhere],
      ["local.get", func],
      ["call", at.child],
      "return",
      "end",
      ["local.get", depth],
      ...memory.size,
      "i32.gt_u",
      ["if", 0x40],
      ["i32.const", growthPages],
      memory.grow,
      ["i32.const", -1],
      "i32.eq",
      ["if", 0x40],
      ["local.get", parent],
      ["i32.const", at.elsewhere],
      "i32.ne",
      ["if", i32],
      ["i32.const", at.elsewhere],
      ["local.get", func],
      ["call", at.child],
      "else",
      ["i32.const", at.elsewhere],
      "end",
      "return",
      "end",
      "end",
      ["global.get", at.top],
      ["local.set", node],
      ["local.get", depth],
      ["global.set", at.top],
      ...store(node, nodeField.func, [["local.get", func]]),
      ...store(node, nodeField.parent, [["local.get", parent]]),
      ...store(node, nodeField.sibling, load(parent, nodeField.firstChild)),
      ...store(parent, nodeField.firstChild, [["local.get", node]]),
      ["local.get", node],
    ],
  );
}

/** child(parent, func) -> node: looks into the cache, then asks `create`, and notes the answer. */
function childBody(memory: OwnMemory, create: number): Uint8Array {
  const [parent, func, entry, node] = [0, 1, 2, 3];
  const at = (local: number): Instruction[] => [["local.get", local], ...memory.rebase];
  return assembleBody(
    [[2, i32]],
    [
      // (parent / 8) and the function, mixed: entries are 16 bytes.
      ["local.get", parent],
      ["i32.const", 3],
      "i32.shr_u",
      ["local.get", func],
      ["i32.const", 0x9e3779b1 | 0],
      "i32.mul",
      ["i32.const", 15],
      "i32.shr_u",
      "i32.xor",
      ["i32.const", cacheEntries - 1],
      "i32.and",
      ["i32.const", 4],
      "i32.shl",
      ["local.set", entry],
      ["block", 0x40],
      ...at(entry),
      ["i32.load", ...memory.memarg(2, 0)],
      ["local.get", parent],
      "i32.eq",
      ["if", 0x40],
      ...at(entry),
      ["i32.load", ...memory.memarg(2, 4)],
      ["local.get", func],
      "i32.eq",
      ["if", 0x40],
      ...at(entry),
      ["i32.load", ...memory.memarg(2, 8)],
      ["local.set", node],
      ["br", 2],
      "end",
      "end",
      ["local.get", parent],
      ["local.get", func],
      ["call", create],
      ["local.set", node],
      ...at(entry),
      ["local.get", parent],
      ["i32.store", ...memory.memarg(2, 0)],
      ...at(entry),
      ["local.get", func],
      ["i32.store", ...memory.memarg(2, 4)],
      ...at(entry),
      ["local.get", node],
      ["i32.store", ...memory.memarg(2, 8)],
      "end",
      ...at(parent),
      ["local.get", func],
      ["i32.store", ...memory.memarg(2, nodeField.lastFunc)],
      ...at(parent),
      ["local.get", node],
      ["i32.store", ...memory.memarg(2, nodeField.lastNode)],
      ["local.get", node],
    ],
  );
}
