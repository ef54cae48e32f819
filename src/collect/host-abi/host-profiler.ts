import { hostAbi } from "../../instrument/index.ts";
import { treeProfile } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import { HostTree } from "./host-profiler-tree.ts";

/** How a host measures. */
export interface HostProfilerOptions {
  /** Gives the time in nanoseconds, from any start; it must not run backwards. */
  readonly clock?: () => number | bigint;
  /** Bounds the nodes of the call tree, which take 40 to 48 bytes each. */
  readonly poolSize?: number;
  /** The module name of the imports, if it is not the default. */
  readonly importModule?: string;
}

/** The host's side of a module from `instrumentForHost`, for one instance in one thread. */
export interface HostProfiler {
  /** What the module imports, to be added to its other imports. */
  readonly imports: Readonly<Record<string, HostAbiImports>>;
  /**
   * Wraps a function that calls into the module, such as an export: calls that an exception or a trap ends on
   * its way through are ended in the tree, too.
   */
  guard<A extends readonly unknown[], R>(run: (...args: A) => R): (...args: A) => R;
  /** Ends all calls that are still open. For a host that caught an exception or a trap without `guard`. */
  reset(): void;
  /** Makes a profile of what was measured so far; calls that are open count up to now. */
  profile(module: Profile["module"], frameOf: (funcIndex: number) => Frame): Profile;
}

/** The two functions that an instrumented module calls. (A type, not an interface, to be one of Wasm's imports.) */
export type HostAbiImports = {
  /** Begins a call. */
  readonly [hostAbi.start]: (funcIndex: number) => void;
  /** Ends the call that began last. */
  readonly [hostAbi.end]: () => void;
};

const defaultPoolSize = 1 << 20;
/** More would be gigabytes at once. */
const mostNodes = 2 ** 26;

/**
 * Measures the calls of an instrumented module with the host's clock, as a call tree.
 *
 * @example
 * const profiler = hostProfiler();
 * const { instance } = await WebAssembly.instantiate(bytes, { ...imports, ...profiler.imports });
 * profiler.guard(instance.exports.main)();
 * const profile = profiler.profile(
 *   { name: "app.wasm", sha256: "" },
 *   functionFrames(decodeModule(original)),
 * );
 */
export function hostProfiler(options: HostProfilerOptions = {}): HostProfiler {
  const { poolSize = defaultPoolSize, importModule = hostAbi.importModule } = options;
  if (!Number.isSafeInteger(poolSize) || poolSize < 1 || poolSize > mostNodes) {
    throw new RangeError(`poolSize is a whole number from 1 to ${mostNodes}, not ${poolSize}`);
  }
  const tree = new HostTree(poolSize, sinceNow(options.clock ?? defaultClock));
  const outside = tree.mark();
  return {
    imports: {
      [importModule]: {
        [hostAbi.start]: (funcIndex) => tree.enter(funcIndex),
        [hostAbi.end]: () => tree.leave(),
      },
    },
    guard(run) {
      return (...args) => {
        const mark = tree.mark();
        try {
          return run(...args);
        } catch (error) {
          tree.unwindTo(mark);
          throw error;
        }
      };
    },
    reset: () => tree.unwindTo(outside),
    profile: (module, frameOf) => toTimedProfile(tree, module, frameOf),
  };
}

// Milliseconds with fractions: in Node they are fine to the nanosecond.
function defaultClock(): number {
  return performance.now() * 1e6;
}

/** Makes numbers of a clock's readings, counted from now: a bigint may be beyond the safe integers. */
function sinceNow(clock: () => number | bigint): () => number {
  const first = clock();
  if (typeof first === "number") return () => (clock() as number) - first;
  return () => Number((clock() as bigint) - first);
}

function toTimedProfile(
  tree: HostTree,
  module: Profile["module"],
  frameOf: (funcIndex: number) => Frame,
): Profile {
  const { count } = tree;
  const frames: Frame[] = [];
  const frameOfFunction = new Map<number, number>();
  const nodeFrames = new Int32Array(count - 1);
  for (let node = 1; node < count; node++) {
    const funcIndex = tree.functions[node]!;
    let frame = frameOfFunction.get(funcIndex);
    if (frame === undefined) {
      frame = frames.push(frameOf(funcIndex)) - 1;
      frameOfFunction.set(funcIndex, frame);
    }
    nodeFrames[node - 1] = frame;
  }
  // Whole nanoseconds; adding 0 makes 0 of -0, which the rounding of a tiny negative rest gives.
  const times = tree.selfTimes().subarray(1);
  return treeProfile(
    {
      module,
      mode: "host",
      valueTypes: [
        { name: "calls", unit: "count" },
        { name: "time", unit: "nanoseconds" },
      ],
      primary: 1,
      notes: notesOf(tree),
    },
    {
      frames,
      // Without the host's own node all others move down by one, and those below it are roots.
      parents: tree.parents.subarray(1, count).map((parent) => parent - 1),
      nodeFrames,
      selfValues: [tree.calls.subarray(1, count), times.map((time) => Math.round(time) + 0)],
    },
  );
}

function notesOf(tree: HostTree): string[] {
  const { lostCalls, extraEnds, cutActivations } = tree;
  const open = tree.open().length;
  return [
    ...(lostCalls === 0
      ? []
      : [
          `The pool of ${tree.count - 1} nodes was full: ${lostCalls} calls are missing, their time stands with ` +
            "the nearest caller that is in the tree.",
        ]),
    ...(cutActivations === 0
      ? []
      : [`${cutActivations} calls were ended by an exception or a trap.`]),
    ...(extraEnds === 0 ? [] : [`${extraEnds} ends came without a start and were passed over.`]),
    ...(open === 0 ? [] : [`${open} calls had not ended: their time so far is counted.`]),
  ];
}
