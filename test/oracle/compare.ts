import assert from "node:assert/strict";
import { OriginalPlaces } from "../../src/collect/exact/original-places.ts";
import { readWords } from "../../src/collect/exact/profile-run.ts";
import {
  countsTree,
  exactModes,
  exportNames,
  instrument,
  readCounts,
  traceBody,
} from "../../src/instrument/index.ts";
import type {
  BlockCounts,
  ContextTree,
  ExactCounts,
  ExactMode,
  InstrumentOptions,
  LostActivation,
} from "../../src/instrument/index.ts";
import { hasMultiMemory } from "../../src/runtimes/index.ts";
import { framesOf } from "../../src/runtimes/in-process/node.ts";
import { InstructionReader } from "../../src/wasm/index.ts";
import { Host } from "./host.ts";
import type { Ending, Program } from "./host.ts";
import { Naive } from "./naive.ts";
import type { Context } from "./naive.ts";
import { compareTimed } from "./timed.ts";

/** One way of counting. */
export type Variant = Pick<InstrumentOptions, "mode"> & { readonly memory?: "region" | "second" };

/** All ways that this engine can run. */
export const variants: readonly Variant[] = [
  ...exactModes.map((mode) => ({ mode })),
  ...(hasMultiMemory() ? [{ mode: "tree" as const, memory: "second" as const }] : []),
];

/**
 * Runs a program as it is, under the naive count and in every mode: what the host sees must be the same,
 * and all counts must agree exactly. Returns the naive count.
 */
export function compare(program: Program, ways: readonly Variant[] = variants): Naive {
  const plain = new Host({ bytes: program.bytes }).start(program);
  for (const name of Object.values(exportNames)) {
    assert.equal(plain.instance.exports[name], undefined, `the plain module exports ${name}`);
  }
  const naive = new Naive(program.bytes);
  const counted = new Host({
    bytes: naive.bytes,
    imports: naive.imports,
    around: (call) => naive.around(call),
  }).start(program);
  sameEnding(counted, plain, "naive");
  for (const way of ways) {
    const name = `mode ${way.mode}${way.memory === undefined ? "" : ` in a ${way.memory}`}`;
    const { ending, counts } = runCounted(program, way);
    sameEnding(ending, plain, name);
    sameCounts(counts, naive, name);
  }
  if (ways === variants) {
    compareTimed(program, naive, (ending, name) => sameEnding(ending, plain, name));
  }
  return naive;
}

/** Runs a program in one mode and reads its counts, corrected for traps. */
export function runCounted(
  program: Program,
  way: Variant & Partial<InstrumentOptions>,
): { ending: Ending; counts: ExactCounts } {
  const naming = new Naive(program.bytes).module;
  // The test is about this very host.
  const options = { ...way, trustHost: true };
  const made = instrument(program.bytes, options);
  const places = new OriginalPlaces(naming, made.bytes, (defined) =>
    traceBody(program.bytes, options, defined),
  );
  const lost: LostActivation[] = [];
  const corrections: ((tree: ContextTree) => void)[] = [];
  const ending = new Host({
    bytes: made.bytes,
    ended(instance, error) {
      const frames = places.lost(framesOf(error));
      lost.push(...frames);
      if (!countsTree(way.mode)) return;
      corrections.push(correction(program.bytes, way.mode, instance, frames));
      (instance.exports[exportNames.reset] as () => void)();
    },
  }).start(program);
  const words = readWords(ending.instance.exports);
  const corrected = readCounts(program.bytes, way.mode, words, lost);
  if (!countsTree(way.mode) || corrections.length === 0) return { ending, counts: corrected };
  const { tree } = readCounts(program.bytes, way.mode, words);
  for (const correct of corrections) correct(tree!);
  return { ending, counts: { ...corrected, tree: tree!, functions: sums(tree!) } };
}

/** What a trap changes in a tree is found at once: the current node is forgotten by the next call. */
function correction(
  bytes: Uint8Array,
  mode: ExactMode,
  instance: WebAssembly.Instance,
  lost: readonly LostActivation[],
): (tree: ContextTree) => void {
  const words = readWords(instance.exports);
  const before = readCounts(bytes, mode, words).tree!;
  const after = readCounts(bytes, mode, words, lost).tree!;
  return ({ instructions }) => {
    for (const [node, count] of after.instructions.entries()) {
      instructions[node]! += count - before.instructions[node]!;
    }
  };
}

function sums({ functions, calls, instructions }: ContextTree): ExactCounts["functions"] {
  const byFunction = new Map<number, { funcIndex: number; calls: number; instructions: number }>();
  for (const [node, funcIndex] of functions.entries()) {
    if (funcIndex < 0) continue;
    const sum = byFunction.get(funcIndex) ?? { funcIndex, calls: 0, instructions: 0 };
    sum.calls += calls[node]!;
    sum.instructions += instructions[node]!;
    byFunction.set(funcIndex, sum);
  }
  return [...byFunction.values()].toSorted((left, right) => left.funcIndex - right.funcIndex);
}

function sameEnding(ending: Ending, plain: Ending, name: string): void {
  assert.deepEqual(ending.log.map(plainly), plain.log.map(plainly), `${name}: what the host saw`);
  for (const [key, value] of Object.entries(plain.instance.exports)) {
    const other = ending.instance.exports[key];
    if (value instanceof WebAssembly.Memory) {
      const [own, its] = [
        new Uint8Array(value.buffer),
        new Uint8Array((other as typeof value).buffer),
      ];
      // Behind the guest's memory may lie a region.
      assert.ok(
        Buffer.compare(own, its.subarray(0, own.length)) === 0,
        `${name}: the memory ${key} has another content`,
      );
    } else if (value instanceof WebAssembly.Global) {
      const [own, its] = [valueOf(value), valueOf(other as typeof value)];
      assert.deepEqual(plainly(its), plainly(own), `${name}: global ${key}`);
    }
  }
}

/** JavaScript has no vectors. */
function valueOf(global: WebAssembly.Global): unknown {
  try {
    return global.value;
  } catch (error) {
    return String(error);
  }
}

/** Functions are other objects in another instance. */
function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly);
  return typeof value === "function" ? "a function" : value;
}

/** Checks the counts of one mode against the naive ones. */
export function sameCounts(counts: ExactCounts, naive: Naive, name: string): void {
  assert.deepEqual(counts.functions, expectedFunctions(counts.mode, naive), `${name}: functions`);
  if (counts.blocks !== undefined) sameBlocks(counts.blocks, naive, name);
  if (counts.tree !== undefined) {
    assert.deepEqual(treeLines(counts.tree), naiveLines(naive.root), `${name}: tree`);
  }
}

function expectedFunctions(mode: ExactMode, naive: Naive): ExactCounts["functions"] {
  return [...naive.calls]
    .toSorted(([left], [right]) => left - right)
    .map(([funcIndex, calls]) => ({
      funcIndex,
      calls: mode === "insns" ? undefined : calls,
      instructions: mode === "calls" ? undefined : (naive.instructions.get(funcIndex) ?? 0),
    }))
    .filter(({ calls, instructions }) => calls !== undefined || instructions !== 0);
}

/** Every instruction ran as often as its block, which a trap cuts where it ended an activation. */
function sameBlocks(blocks: readonly BlockCounts[], naive: Naive, name: string): void {
  const seen = new Map<number, number>();
  const reader = new InstructionReader(naive.module.bytes);
  for (const { offset, instructions, count } of blocks) {
    reader.reset(offset, naive.module.bytes.length);
    for (let left = instructions; left > 0;) {
      reader.next();
      if ([0x05, 0x07, 0x0b, 0x18, 0x19].includes(reader.code)) continue;
      left--;
      seen.set(reader.start, count);
    }
  }
  const sorted = (map: ReadonlyMap<number, number>): [number, number][] =>
    [...map].toSorted(([left], [right]) => left - right);
  assert.deepEqual(sorted(seen), sorted(naive.ticks), `${name}: how often each instruction ran`);
}

/** Writes a tree as lines that are equal for equal trees, whatever the order of its children. */
function treeLines(tree: ContextTree): string[] {
  const root: Context = context(undefined, -1, 0, 0);
  const nodes = [root];
  for (let node = 1; node < tree.parents.length; node++) {
    const parent = nodes[Math.max(tree.parents[node]!, 0)]!;
    const made = context(
      parent,
      tree.functions[node]!,
      tree.calls[node]!,
      tree.instructions[node]!,
    );
    nodes.push(made);
    if (tree.functions[node]! < 0 && node !== tree.elsewhere) continue;
    assert.ok(!parent.children.has(made.funcIndex), "two nodes of one context");
    parent.children.set(made.funcIndex, made);
  }
  return naiveLines(root);
}

function context(
  parent: Context | undefined,
  funcIndex: number,
  calls: number,
  instructions: number,
): Context {
  return { parent, funcIndex, children: new Map(), calls, instructions };
}

function naiveLines(root: Context, depth = 0): string[] {
  return [...root.children.values()]
    .toSorted((left, right) => left.funcIndex - right.funcIndex)
    .flatMap((node) => [
      `${depth}: function ${node.funcIndex}: ${node.calls} calls, ${node.instructions} instructions`,
      ...naiveLines(node, depth + 1),
    ]);
}
