import { placeV8Node, ProfileBuilder, v8Parents, v8SampleTimes } from "../../profile/index.ts";
import type { Frame, Profile } from "../../profile/index.ts";
import type { Module } from "../../wasm/index.ts";
import { sampleTypes } from "./sample-types.ts";

/** A profile as V8's sampler gives it (`Profiler.stop` of the inspector, and `.cpuprofile` files). */
export interface V8Profile {
  readonly nodes: readonly V8Node[];
  /** Microseconds. */
  readonly startTime: number;
  /** Microseconds. */
  readonly endTime: number;
  /** Ids of nodes. */
  readonly samples?: readonly number[] | undefined;
  /** Microseconds before each sample. */
  readonly timeDeltas?: readonly number[] | undefined;
}

interface V8Node {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** For WebAssembly the offset of the function's body in the module. */
    readonly columnNumber: number;
  };
  readonly children?: readonly number[] | undefined;
}

/** What V8 does besides running functions; it stands beside the guest, as nobody knows for whom it was done. */
const besides = new Map([
  ["(garbage collector)", "(garbage collector)"],
  ["(program)", "(engine)"],
]);

/**
 * Collects V8's samples, in one or more pieces: the guest's functions under their own names, what they call in the
 * host as one frame each, without the functions that started the guest.
 */
export class V8Samples {
  readonly #module: Module;
  readonly #frameOf: (funcIndex: number) => Frame;
  readonly #builder: ProfileBuilder;
  /** Samples so far. */
  count = 0;
  /** Those of them that fell on wasmscope itself, before and after the guest. */
  outside = 0;

  constructor(module: Module, profiled: Profile["module"], frameOf: (funcIndex: number) => Frame) {
    this.#module = module;
    this.#frameOf = frameOf;
    this.#builder = new ProfileBuilder({ module: profiled, ...sampleTypes, mode: "sample" });
  }

  add(profile: V8Profile): void {
    const { nodes, samples = [] } = profile;
    const places = new NodePlaces(nodes, this.#module, this.#builder, this.#frameOf);
    const times = v8SampleTimes(profile);
    for (const [at, id] of samples.entries()) {
      const node = places.place(id);
      if (node === -1) this.outside++;
      else this.#builder.addAll(node, [1, times[at]! * 1000]);
    }
    this.count += samples.length;
  }

  /** Returns the profile of all samples so far. */
  build(notes: readonly string[]): Profile {
    return Object.freeze({ ...this.#builder.build(), notes });
  }
}

/** Finds for V8's nodes those of the profile. */
class NodePlaces {
  readonly #nodes = new Map<number, V8Node>();
  readonly #parents: ReadonlyMap<number, number>;
  readonly #places = new Map<number, number>();
  readonly #hosts = new Set<number>();
  readonly #functions: Map<number, number>;
  readonly #builder: ProfileBuilder;
  readonly #frameOf: (funcIndex: number) => Frame;

  constructor(
    nodes: readonly V8Node[],
    module: Module,
    builder: ProfileBuilder,
    frameOf: (funcIndex: number) => Frame,
  ) {
    this.#builder = builder;
    this.#frameOf = frameOf;
    this.#parents = v8Parents(nodes);
    for (const node of nodes) this.#nodes.set(node.id, node);
    this.#functions = new Map(
      Array.from(module.bodies.start, (start, at) => [start, module.importedFunctions + at]),
    );
  }

  /** Returns the node, or -1 for one outside of the guest. */
  place(id: number): number {
    return placeV8Node(id, this.#parents, this.#places, (above = -1, at) =>
      this.#below(above, this.#nodes.get(at)!),
    );
  }

  #below(parent: number, { callFrame }: V8Node): number {
    const { functionName, url, columnNumber } = callFrame;
    const isWasm = url.startsWith("wasm://");
    // V8's adaptors between the languages stand under names of their own, at offsets of any function.
    const funcIndex =
      isWasm && !/^(js-to-wasm|wasm-to-js)/.test(functionName)
        ? this.#functions.get(columnNumber)
        : undefined;
    if (funcIndex !== undefined) return this.#child(parent, this.#frameOf(funcIndex));
    if (parent === -1) {
      const name = besides.get(functionName);
      return name === undefined ? -1 : this.#child(-1, { name, host: true });
    }
    // Of the host's functions the outermost is the one that the guest called.
    if (isWasm || this.#hosts.has(parent)) return parent;
    return this.#child(parent, { name: functionName || "(host function)", host: true });
  }

  #child(parent: number, frame: Frame): number {
    const node = this.#builder.child(parent, this.#builder.frame(frame));
    if (frame.host === true) this.#hosts.add(node);
    return node;
  }
}
