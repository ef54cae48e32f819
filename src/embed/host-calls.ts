import { Cursor } from "../bytes/index.ts";
import { valueTypeNames } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** Values of these types cannot go through JavaScript. */
const wasmOnly: ReadonlySet<string> = new Set(["v128", "exnref"]);

/** Says whether JavaScript may call a function, or stand in for it: its values must be such that it can hold them. */
export function isJavaScriptCallable(module: Module, funcIndex: number): boolean {
  const type = module.types[module.functions[funcIndex]!];
  if (type?.kind !== "func") return false;
  return [type.params, type.results].every((types) =>
    valueTypeNames(new Cursor(types)).every((name) => !wasmOnly.has(name)),
  );
}

/** Counts what a module calls in its host, by the place in the module that calls. */
export class HostCalls {
  /** For each imported function the calls by caller, as `place` says it. */
  readonly counts: Map<number, number>[];
  readonly #module: Module;
  #place: () => number = () => 0;

  constructor(module: Module) {
    this.#module = module;
    this.counts = Array.from({ length: module.importedFunctions }, () => new Map());
  }

  /** Sets what says which place in the module calls, once there is an instance. */
  askPlace(place: () => number): void {
    this.#place = place;
  }

  /** Forgets all calls. */
  clear(): void {
    for (const calls of this.counts) calls.clear();
  }

  /**
   * Makes imports of the same meaning that count. What is not a function, or none that JavaScript can stand in for,
   * is left as it is; so is what is missing, which the engine will say.
   */
  wrapImports(imports: WebAssembly.Imports | undefined): WebAssembly.Imports | undefined {
    if (imports === undefined || this.#module.imports.length === 0) return imports;
    const wrapped: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    let funcIndex = -1;
    for (const { module, name, kind } of this.#module.imports) {
      if (kind === "func") funcIndex++;
      const from = imports[module];
      if ((typeof from !== "object" && typeof from !== "function") || from === null) continue;
      const own = (wrapped[module] ??= Object.create(null) as Record<
        string,
        WebAssembly.ImportValue
      >);
      // Several imports of one name are one function, which is wrapped for the first of them.
      if (Object.hasOwn(own, name)) continue;
      const value = (from as Record<string, WebAssembly.ImportValue>)[name];
      const counts =
        kind === "func" &&
        typeof value === "function" &&
        isJavaScriptCallable(this.#module, funcIndex);
      own[name] = counts ? this.#counting(funcIndex, value as AnyFunction) : value!;
    }
    return wrapped;
  }

  #counting(funcIndex: number, inner: AnyFunction): AnyFunction {
    const calls = this.counts[funcIndex]!;
    const count = (): void => {
      const place = this.#place();
      calls.set(place, (calls.get(place) ?? 0) + 1);
    };
    const type = this.#module.types[this.#module.functions[funcIndex]!];
    // An array for each call would cost more than the counting.
    switch (type?.kind === "func" ? type.paramCount : -1) {
      case 0:
        return () => (count(), inner());
      case 1:
        return (a) => (count(), inner(a));
      case 2:
        return (a, b) => (count(), inner(a, b));
      case 3:
        return (a, b, c) => (count(), inner(a, b, c));
      case 4:
        return (a, b, c, d) => (count(), inner(a, b, c, d));
      default:
        return (...args) => (count(), inner(...args));
    }
  }
}
