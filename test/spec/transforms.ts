import { instrument, type InstrumentOptions, Refusal } from "../../src/instrument/index.ts";
import { identity } from "../../src/wasm/index.ts";
import { type Counts, resetTree, treeCounts, wordsOf } from "./counts.ts";

/** A way to change a module that nobody inside or outside may notice. */
export interface Transform {
  readonly name: string;
  /** Gives the changed module, or the reason for which this module is documented to be refused. */
  transform(bytes: Uint8Array): Uint8Array | { readonly skip: string };
  /** Repairs what a trap leaves behind, as a host that goes on calling the instance would. */
  afterTrap?(instance: WebAssembly.Instance): void;
  /** Reads what an instance has counted; what two transforms both count must be the same. */
  counts?(instance: WebAssembly.Instance, importedFunctions: number): Counts;
}

/** The modules as they are: what every other transform is compared with. */
export const plain: Transform = { name: "plain", transform: (bytes) => bytes };

function instrumented(
  name: string,
  options: InstrumentOptions,
  more: Pick<Transform, "afterTrap" | "counts"> = {},
): Transform {
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
    ...more,
  };
}

const tree = { afterTrap: resetTree, counts: treeCounts };
const list: readonly Transform[] = [
  plain,
  { name: "copied", transform: identity },
  instrumented("calls", { mode: "calls" }, { counts: (one) => ({ calls: wordsOf(one) }) }),
  instrumented("insns", { mode: "insns" }, { counts: (one) => ({ instructions: wordsOf(one) }) }),
  instrumented("blocks", { mode: "blocks" }),
  instrumented("tree", { mode: "tree", memory: "region" }, tree),
  instrumented("tree-second", { mode: "tree", memory: "second" }, tree),
];

/** All transforms by name. */
export const transforms: ReadonlyMap<string, Transform> = new Map(
  list.map((transform) => [transform.name, transform]),
);
