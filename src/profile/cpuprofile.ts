import { groupByFunction } from "./frames.ts";
import { integerColumn } from "./integers.ts";
import { writeList } from "./json-list.ts";
import type { Frame, Profile } from "./model.ts";
import { originOf } from "./origin.ts";
import { TextSink } from "./text-sink.ts";
import { timeScale } from "./timeline.ts";
import { walk } from "./walk.ts";

/**
 * Writes a profile as V8 and the developer tools of browsers do. `hitCount` and `ticks` are the own
 * values, exactly; times are made of them, since the tools show nothing else. Frames of one function
 * are one node here, and its lines are ticks.
 */
export function writeCpuProfile(profile: Profile): Uint8Array {
  const { type, values } = integerColumn(profile, profile.primary);
  const tree = functionTree(profile, values);
  const total = values.reduce((sum, value) => sum + value, 0);
  const { perMicrosecond, legend } = timeScale(type, total);
  const samples: number[] = [];
  const deltas: number[] = [];
  let sum = 0;
  let last = 0;
  for (const node of tree.order) {
    if (tree.hits[node] === 0) continue;
    samples.push(node + FIRST_ID);
    deltas.push(Math.round(sum / perMicrosecond) - last);
    last = Math.round(sum / perMicrosecond);
    sum += tree.hits[node]!;
  }
  const endTime = Math.round(sum / perMicrosecond);
  // A sample lasts to the next one: the last is said twice.
  if (samples.length > 0) {
    samples.push(samples.at(-1)!);
    deltas.push(endTime - last);
  }
  const out = new TextSink();
  out.text(`{"nodes":[\n`);
  writeNodes(out, profile, tree);
  out.text(`\n],\n"startTime":0,"endTime":${endTime},\n"samples":`);
  writeList(out, samples);
  out.text(`,\n"timeDeltas":`);
  writeList(out, deltas);
  const origin = { ...originOf({ ...profile, valueTypes: [type], primary: 0 }), scale: legend };
  out.text(`,\n"wasmscope":${JSON.stringify(origin)}}\n`);
  return out.take();
}

/** The root has the id 1. */
const FIRST_ID = 2;

/** The tree with one node a function below each caller. */
interface FunctionTree {
  readonly frames: readonly Frame[];
  readonly children: readonly (readonly number[])[];
  readonly roots: readonly number[];
  readonly hits: readonly number[];
  /** For each node the hits of its lines. */
  readonly lines: readonly (ReadonlyMap<number, number> | undefined)[];
  /** The nodes depth first. */
  readonly order: readonly number[];
}

function functionTree(profile: Profile, values: Float64Array): FunctionTree {
  const { parents, nodeFrames, frames } = profile;
  const { functions, functionOfFrame } = groupByFunction(frames);
  const known = new Map<number, number>();
  const parentOf: number[] = [];
  const own: Frame[] = [];
  const children: number[][] = [];
  const roots: number[] = [];
  const hits: number[] = [];
  const lines: (Map<number, number> | undefined)[] = [];
  const nodeOf = new Int32Array(parents.length);
  for (let node = 0; node < parents.length; node++) {
    const parent = parents[node] === -1 ? -1 : nodeOf[parents[node]!]!;
    const func = functionOfFrame[nodeFrames[node]!]!;
    const key = (parent + 1) * functions.length + func;
    let target = known.get(key);
    if (target === undefined) {
      target = hits.push(0) - 1;
      known.set(key, target);
      own.push(functions[func]!);
      parentOf.push(parent);
      children.push([]);
      lines.push(undefined);
      (parent === -1 ? roots : children[parent]!).push(target);
    }
    nodeOf[node] = target;
    hits[target]! += values[node]!;
    const { line } = frames[nodeFrames[node]!]!;
    if (line === undefined || values[node] === 0) continue;
    const ticks = lines[target] ?? new Map<number, number>();
    lines[target] = ticks.set(line, (ticks.get(line) ?? 0) + values[node]!);
  }
  const order: number[] = [];
  walk(Int32Array.from(parentOf), (node) => order.push(node));
  return { frames: own, children, roots, hits, lines, order };
}

function writeNodes(out: TextSink, profile: Profile, tree: FunctionTree): void {
  const root = { functionName: "(root)", scriptId: "0", url: "", lineNumber: -1, columnNumber: -1 };
  const ids = (nodes: readonly number[]): number[] => nodes.map((node) => node + FIRST_ID);
  out.text(JSON.stringify({ id: 1, callFrame: root, hitCount: 0, children: ids(tree.roots) }));
  const frames = new Map<Frame, string>();
  tree.frames.forEach((frame, node) => {
    let callFrame = frames.get(frame);
    if (callFrame === undefined) {
      callFrame = JSON.stringify(callFrameOf(frame, profile));
      frames.set(frame, callFrame);
    }
    out.text(`,\n{"id":${node + FIRST_ID},"callFrame":${callFrame},"hitCount":${tree.hits[node]}`);
    const children = tree.children[node]!;
    if (children.length > 0) out.text(`,"children":[${ids(children).join(",")}]`);
    const lines = tree.lines[node];
    if (lines) {
      const ticks = [...lines]
        .toSorted(([a], [b]) => a - b)
        .map(([line, ticks]) => ({ line, ticks }));
      out.text(`,"positionTicks":${JSON.stringify(ticks)}`);
    }
    out.text("}");
  });
}

/** A function of the module without a file has the address that V8 gives such functions. */
function callFrameOf({ name, file, line, funcIndex }: Frame, { module }: Profile): object {
  const url = file ?? (funcIndex === undefined ? "" : `wasm://wasm/${module.name}`);
  // Lines and columns start at 0 here, and -1 says that there is none; ticks start at 1.
  const lineNumber = file === undefined || line === undefined ? -1 : line - 1;
  return { functionName: name, scriptId: "0", url, lineNumber, columnNumber: -1, funcIndex };
}
