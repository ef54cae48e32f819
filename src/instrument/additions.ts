import { Sink } from "../bytes/index.ts";
import { newFunctionIndex } from "../wasm/index.ts";
import type {
  ExternalKind,
  Module,
  ModuleAdditions,
  NewExport,
  NewFunction,
  NewImport,
} from "../wasm/index.ts";
import { Refusal } from "./refusal.ts";

/** Collects what a pass appends to a module and hands out the new indices. */
export class Additions {
  readonly imports: NewImport[] = [];
  readonly #module: Module;
  readonly #types: Uint8Array[] = [];
  readonly #typeKeys = new Map<string, number>();
  readonly #functions: (NewFunction | undefined)[] = [];
  readonly #globals = new Sink();
  #globalCount = 0;
  readonly #exports: NewExport[] = [];
  readonly #declared = new Set<number>();
  readonly #exportNames: Set<string>;
  /** Encoded type of an appended memory. */
  memory: Uint8Array | undefined;
  /** Encoded type in place of the first memory's. */
  firstMemory: Uint8Array | undefined;

  constructor(module: Module) {
    this.#module = module;
    this.#exportNames = new Set(module.exports.map(({ name }) => name));
    for (const [index, type] of module.types.entries()) {
      // A type in a recursive group or with supertypes is another type, though it looks the same: only
      // types of numbers are looked up, where an equal one of ours is as good.
      if (type.kind === "func") {
        const key = `${type.params.join()}:${type.results.join()}`;
        if (!this.#typeKeys.has(key)) this.#typeKeys.set(key, index);
      }
    }
  }

  /** Finds or appends a function type of value types without indices. */
  type(params: readonly number[], results: readonly number[]): number {
    const key = `${params.join()}:${results.join()}`;
    const known = this.#typeKeys.get(key);
    if (known !== undefined) return known;
    const sink = new Sink(16);
    sink.byte(0x60);
    sink.vector(Uint8Array.from(params));
    sink.vector(Uint8Array.from(results));
    const index = this.#module.types.length + this.#types.push(sink.take()) - 1;
    this.#typeKeys.set(key, index);
    return index;
  }

  /** Appends a function import. All imports must be known before a function is reserved. */
  import(entry: NewImport): number {
    return this.#module.importedFunctions + this.imports.push(entry) - 1;
  }

  /** Reserves an index for a function whose body comes later. */
  reserve(): number {
    const nth = this.#functions.push(undefined) - 1;
    return newFunctionIndex(this.#module, { imports: this.imports }, nth);
  }

  /** Gives a reserved function its type and body. */
  define(index: number, entry: NewFunction): void {
    this.#functions[index - newFunctionIndex(this.#module, { imports: this.imports }, 0)] = entry;
  }

  /** Appends a function and returns its index. */
  add(entry: NewFunction): number {
    const index = this.reserve();
    this.define(index, entry);
    return index;
  }

  /** Appends a mutable global with a number as initial value and returns its index. */
  global(type: "i32" | "i64", value = 0): number {
    const sink = this.#globals;
    sink.byte(type === "i32" ? 0x7f : 0x7e);
    sink.byte(1);
    sink.byte(type === "i32" ? 0x41 : 0x42);
    sink.s32(value);
    sink.byte(0x0b);
    return this.#module.globals.length + this.#globalCount++;
  }

  /** Appends this many 64-bit globals like `global`. */
  wordGlobals(count: number): void {
    const sink = this.#globals;
    sink.reserve(5 * count);
    for (let left = count; left > 0; left--) {
      sink.byte(0x7e);
      sink.byte(1);
      sink.byte(0x42);
      sink.byte(0);
      sink.byte(0x0b);
    }
    this.#globalCount += count;
  }

  get globalCount(): number {
    return this.#globalCount;
  }

  /** Appends an export. Throws a `Refusal` when the module has one of this name. */
  export(name: string, kind: ExternalKind, index: number): void {
    if (this.#exportNames.has(name)) {
      throw new Refusal(`the module exports ${name} already: is it instrumented?`);
    }
    this.#exports.push({ name, kind, index });
  }

  /**
   * Declares that bodies refer to a function: `ref.func` is valid only for functions that stand somewhere
   * outside the code, and the place may now hold another.
   */
  declare(index: number): void {
    this.#declared.add(index);
  }

  #declarations(): Uint8Array[] {
    if (this.#declared.size === 0) return [];
    const sink = new Sink();
    // A declarative segment of function indices.
    sink.byte(3);
    sink.byte(0);
    sink.u32(this.#declared.size);
    for (const index of this.#declared) sink.u32(index);
    return [sink.take()];
  }

  /** Returns everything collected, for `rewriteModule`. */
  build(): ModuleAdditions {
    return {
      types: this.#types,
      functions: this.#functions.map((entry) => {
        if (entry === undefined) throw new Error("a reserved function was not defined");
        return entry;
      }),
      globals: this.#globals.view(),
      globalCount: this.#globalCount,
      exports: this.#exports,
      elements: this.#declarations(),
      ...(this.memory === undefined ? {} : { memories: [this.memory] }),
      ...(this.firstMemory === undefined ? {} : { firstMemory: this.firstMemory }),
    };
  }
}
