import { Sink } from "../bytes/index.ts";
import type { Module } from "../wasm/index.ts";

/** Appends function types to a module; value types stay encoded, so that references can be among them. */
export class FuncTypes {
  /** Encoded types, for `ModuleAdditions.types`. */
  readonly appended: Uint8Array[] = [];
  readonly #known: number;
  /** Types without parameters, by the bytes of their results. */
  readonly #withoutParams = new Map<string, number>();

  constructor(module: Module) {
    this.#known = module.types.length;
    for (const [index, type] of module.types.entries()) {
      if (type.kind !== "func" || type.paramCount > 0) continue;
      const key = type.results.join();
      if (!this.#withoutParams.has(key)) this.#withoutParams.set(key, index);
    }
  }

  /**
   * Appends a type without results and returns its index. An import wants a type of its own: one of the
   * module's that looks the same may belong to a recursive group, which a host's function does not match.
   */
  append(paramCount: number, params: Uint8Array): number {
    return this.#append(paramCount, params, 0, new Uint8Array(0));
  }

  /** Finds or appends a type for a block, for which any with these results is as good. */
  withoutParams(resultCount: number, results: Uint8Array): number {
    const key = results.join();
    const known = this.#withoutParams.get(key);
    if (known !== undefined) return known;
    const index = this.#append(0, new Uint8Array(0), resultCount, results);
    this.#withoutParams.set(key, index);
    return index;
  }

  #append(
    paramCount: number,
    params: Uint8Array,
    resultCount: number,
    results: Uint8Array,
  ): number {
    const sink = new Sink(16);
    sink.byte(0x60);
    sink.u32(paramCount);
    sink.bytes(params);
    sink.u32(resultCount);
    sink.bytes(results);
    return this.#known + this.appended.push(sink.take()) - 1;
  }
}
