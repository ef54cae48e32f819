import assert from "node:assert/strict";
import { OriginalPlaces } from "../../src/collect/exact/original-places.ts";
import { readWords } from "../../src/collect/exact/profile-run.ts";
import { TimeProfiler } from "../../src/collect/time/profiler.ts";
import { instrumentForTime, readCounts, traceTimedBody } from "../../src/instrument/index.ts";
import type { LostActivation, TimeOptions } from "../../src/instrument/index.ts";
import { framesOf } from "../../src/runtimes/in-process/node.ts";
import { Host } from "./host.ts";
import type { Ending, Program } from "./host.ts";
import type { Context, Naive } from "./naive.ts";

/** Ways to time: every call; the first few of each function, then ever fewer; as it is chosen for users. */
const ways: Record<string, TimeOptions & { readonly eventNs: number }> = {
  "every call": { choose: () => "switched", eventNs: 0 },
  "ever fewer calls": { choose: () => "switched", eventNs: 1e9 },
  "as chosen": { eventNs: 5 },
};

/** Runs a program with its calls timed: the host must see the same, and all calls must be counted. */
export function compareTimed(
  program: Program,
  naive: Naive,
  sameAsPlain: (ending: Ending, name: string) => void,
): void {
  for (const [name, { eventNs, ...options }] of Object.entries(ways)) {
    const { module } = naive;
    const { bytes, switched } = instrumentForTime(program.bytes, options);
    let now = 0;
    const profiler = new TimeProfiler({
      functions: module.functions.length,
      switched,
      clock: () => now++,
      eventNs,
      share: 1,
    });
    const places = new OriginalPlaces(module, bytes, (defined) =>
      traceTimedBody(program.bytes, options, defined),
    );
    const lost: LostActivation[] = [];
    const ending = new Host({
      bytes,
      imports: profiler.imports,
      around: (call) => profiler.guard(call)(),
      ended: (_, error) => lost.push(...places.lost(framesOf(error))),
    }).start(program);
    sameAsPlain(ending, `time, ${name}`);
    assert.equal(profiler.core.depth, 0, `time, ${name}: all calls have ended`);
    const words = profiler
      .calls(readWords(ending.instance.exports))
      .subarray(module.importedFunctions);
    const counted = readCounts(program.bytes, "calls", words, lost).functions;
    const sorted = [...naive.calls].toSorted(([left], [right]) => left - right);
    assert.deepEqual(
      counted.map((entry) => [entry.funcIndex, entry.calls]),
      sorted,
      `time, ${name}: calls`,
    );
    profiler.end();
    const { tree } = profiler;
    const all = tree.self.slice(0, tree.count).reduce((sum, time) => sum + time, 0);
    assert.equal(all, now - 1, `time, ${name}: all own times are the whole time`);
    const timedCalls = tree.calls.slice(1, tree.count).reduce((sum, count) => sum + count, 0);
    const allCalls = sorted.reduce((sum, [, count]) => sum + count, 0);
    if (timedCalls === allCalls) sameTree(tree, naive.root, `time, ${name}: tree`);
  }
}

function sameTree(tree: TimeProfiler["tree"], root: Context, name: string): void {
  const lines = (node: number, depth: number): string[] => {
    const children = [];
    for (let child = 1; child < tree.count; child++) {
      if (tree.parents[child] === node) children.push(child);
    }
    return children
      .toSorted((left, right) => tree.functions[left]! - tree.functions[right]!)
      .flatMap((child) => [
        `${depth}: function ${tree.functions[child]}: ${tree.calls[child]} calls`,
        ...lines(child, depth + 1),
      ]);
  };
  assert.deepEqual(lines(0, 0), naiveLines(root, 0), name);
}

function naiveLines(context: Context, depth: number): string[] {
  return [...context.children.values()]
    .toSorted((left, right) => left.funcIndex - right.funcIndex)
    .flatMap((node) => [
      `${depth}: function ${node.funcIndex}: ${node.calls} calls`,
      ...naiveLines(node, depth + 1),
    ]);
}
