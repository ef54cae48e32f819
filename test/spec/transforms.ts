import { readWords } from "../../src/collect/index.ts";
import { TimeProfiler } from "../../src/collect/time/profiler.ts";
import {
  countsBlocks,
  countsTree,
  instrument,
  instrumentForHost,
  instrumentForTime,
  type InstrumentOptions,
  Refusal,
  type TimeOptions,
} from "../../src/instrument/index.ts";
import { decodeModule, identity } from "../../src/wasm/index.ts";
import { record } from "../host-abi/recorder.ts";
import { assemble, section } from "./assemble.ts";
import { type Counts, countsOf, resetTree } from "./counts.ts";

/** A way to change a module that nobody inside or outside may notice. */
export interface Transform {
  readonly name: string;
  /** Gives the changed module, or the reason for which this module is documented to be refused. */
  transform(bytes: Uint8Array): Uint8Array | { readonly skip: string };
  /** Makes what an instance of a changed module imports beside the original's imports. */
  host?(original: Uint8Array): Host;
  /** Repairs what a trap leaves behind, as a host that goes on calling the instance would. */
  afterTrap?(instance: WebAssembly.Instance): void;
  /** What an engine must have to run the changed modules: a module that uses just that. */
  readonly needs?: { readonly what: string; readonly probe: Uint8Array<ArrayBuffer> };
  /** The documented way in which it does show: the messages of traps that it may hide. */
  readonly hides?: { readonly traps: RegExp; readonly reason: string };
  /**
   * Reads what an instance has counted; what two transforms both count must be the same. `threw` tells that
   * activations may have ended inside a block, which only a host that looked at the stack can put right.
   */
  counts?(instance: WebAssembly.Instance, original: Uint8Array, threw: boolean): Counts | undefined;
}

/** The host's side of a transform, for one instance. */
export interface Host {
  readonly imports: WebAssembly.Imports;
  counts(instance: WebAssembly.Instance): Counts;
  /** Says what is not as it must be while no call is running. */
  problem(): string | undefined;
  /** Forgets calls that something thrown has ended. */
  reset(): void;
}

/** The modules as they are: what every other transform is compared with. */
export const plain: Transform = { name: "plain", transform: (bytes) => bytes };

function instrumented(
  name: string,
  options: InstrumentOptions,
  more: Omit<Transform, "name" | "transform"> = {},
): Transform {
  const { mode } = options;
  return {
    name,
    transform(bytes) {
      try {
        return instrument(bytes, options).bytes;
      } catch (error) {
        if (error instanceof Refusal) return { skip: error.message };
        throw error;
      }
    },
    counts: (instance, original, threw) =>
      threw && countsBlocks(mode) ? undefined : countsOf(mode, instance, original),
    ...(countsTree(mode) ? { afterTrap: resetTree } : {}),
    ...more,
  };
}

// The region begins where the guest's memory ends, so an access a little past that end finds memory.
const outOfBounds = {
  traps: /(memory access|data segment \d*) ?(is )?out of bounds/,
  reason:
    "an access past the end of the guest's memory reached the region, or followed one that did",
};
const multiMemory = {
  what: "multi-memory",
  probe: assemble(
    section(5, [
      [0, 0],
      [0, 0],
    ]),
  ),
};
const reporting: Transform = {
  name: "host-abi",
  transform: (bytes) => instrumentForHost(bytes).bytes,
  host(original) {
    const recorder = record();
    // As documented: a module that throws and catches nothing leaves it to its host to end what it threw through.
    const leavesOpen =
      decodeModule(original).tags.length > 0 && instrumentForHost(original).notes.length > 0;
    return {
      imports: recorder.imports,
      counts: () => ({ calls: recorder.starts }),
      problem() {
        const { open, extraEnds } = recorder;
        if (extraEnds > 0) return `${extraEnds} ends without a start`;
        return open.length > 0 && !leavesOpen
          ? `functions ${open.join()} have not ended`
          : undefined;
      },
      reset: () => void (recorder.open.length = 0),
    };
  },
};

const everyCall: TimeOptions = { choose: () => "switched" };
/** Every call is timed: nothing is too short for a clock that costs nothing. */
const timed: Transform = {
  name: "time",
  transform: (bytes) => instrumentForTime(bytes, everyCall).bytes,
  host(original) {
    const { switched } = instrumentForTime(original, everyCall);
    const { functions, importedFunctions } = decodeModule(original);
    let now = 0;
    const clock = (): number => now++;
    const profiler = new TimeProfiler({
      functions: functions.length,
      switched,
      clock,
      eventNs: 0,
      share: 1,
    });
    const leavesOpen =
      decodeModule(original).tags.length > 0 && instrumentForHost(original).notes.length > 0;
    return {
      imports: profiler.imports,
      counts(instance) {
        const calls = profiler.calls(readWords(instance.exports));
        const counted = [...calls.entries()].filter(([func]) => func >= importedFunctions);
        return { calls: new Map(counted) };
      },
      problem() {
        const { depth } = profiler.core;
        return depth > 0 && !leavesOpen ? `${depth} calls have not ended` : undefined;
      },
      reset: () => profiler.core.unwindTo(0),
    };
  },
};
const list: readonly Transform[] = [
  plain,
  { name: "copied", transform: identity },
  instrumented("calls", { mode: "calls" }),
  instrumented("insns", { mode: "insns" }),
  instrumented("blocks", { mode: "blocks" }),
  instrumented("tree", { mode: "tree", memory: "region" }, { hides: outOfBounds }),
  instrumented(
    "tree-and-blocks",
    { mode: "tree+blocks", memory: "region" },
    { hides: outOfBounds },
  ),
  instrumented("tree-second", { mode: "tree", memory: "second" }, { needs: multiMemory }),
  reporting,
  timed,
];

/** All transforms by name. */
export const transforms: ReadonlyMap<string, Transform> = new Map(
  list.map((transform) => [transform.name, transform]),
);
