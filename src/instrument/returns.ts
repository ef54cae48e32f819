import { Cursor } from "../bytes/index.ts";
import { readCalls, valueTypeNames } from "../wasm/index.ts";
import type { Calls, Module } from "../wasm/index.ts";

/**
 * Which calls may end without coming back to their caller by other means than a trap: because the
 * callee may leave through `proc_exit`, through an exception, or through a host function that throws.
 * Behind such a call a new basic block begins, so that its count stays exact; behind all others the
 * block goes on and costs no counter.
 */
export interface Returns {
  /** For each function index: 1 when a call of it may not return. */
  readonly mayLeave: Uint8Array;
  /** For each type index: 1 when an indirect call with this type may not return. */
  readonly indirectMayLeave: Uint8Array;
  /** Whether functions are called in tail position through tables or references. */
  readonly indirectTailCalls: boolean;
}

const wasiModules: ReadonlySet<string> = new Set(["wasi_snapshot_preview1", "wasi_unstable"]);

/** Says whether an import's module is WASI preview1, of either name. */
export function isWasi(importModule: string): boolean {
  return wasiModules.has(importModule);
}

/** Says whether a host function always comes back: those of WASI do, except `proc_exit`. */
export function hostReturns(importModule: string, name: string): boolean {
  return wasiModules.has(importModule) && name !== "proc_exit" && name !== "proc_raise";
}

/** Answers for a pass that does not ask: every call returns. */
export function assumeReturns(module: Module): Returns {
  return {
    mayLeave: new Uint8Array(module.functions.length),
    indirectMayLeave: new Uint8Array(module.types.length),
    indirectTailCalls: false,
  };
}

/** Follows calls backwards from those that leave. Throws a `DecodeError` for a call of an unknown function. */
export function analyseReturns(module: Module, calls: Calls = readCalls(module)): Returns {
  if (calls.unknownFunction !== undefined) throw calls.unknownFunction;
  const { callers, start } = callersOf(module, calls);
  const mayLeave = new Uint8Array(module.functions.length);
  const pending = new Uint32Array(module.functions.length);
  let pendingCount = 0;
  const mark = (index: number): void => {
    if (mayLeave[index] === 1) return;
    mayLeave[index] = 1;
    pending[pendingCount++] = index;
  };
  let index = 0;
  for (const entry of module.imports) {
    if (entry.kind !== "func") continue;
    if (!hostReturns(entry.module, entry.name)) mark(index);
    index++;
  }
  for (const thrower of calls.throwers) mark(thrower);

  // What a table may hold is known only while the host cannot put functions of its own there.
  const tablesAreOpen =
    module.importedTables > 0 ||
    module.exports.some(({ kind }) => kind === "table") ||
    functionsComeIn(module);
  const types = new SameTypes(module);
  const indirectMayLeave = new Uint8Array(module.types.length);
  const referenced = new Uint8Array(module.functions.length);
  for (const named of module.elementFunctions) referenced[named] = 1;
  for (const named of module.expressionFunctions) referenced[named] = 1;
  for (const named of calls.referenced) referenced[named] = 1;
  const openType = (typeIndex: number): void => {
    if (indirectMayLeave[typeIndex] === 1) return;
    for (const same of types.equalTo(typeIndex)) {
      indirectMayLeave[same] = 1;
      for (const caller of calls.indirectCallers.get(same) ?? []) mark(caller);
    }
  };
  if (tablesAreOpen) for (let type = 0; type < module.types.length; type++) openType(type);
  // An exported function can come back through a table or as a reference from the host.
  while (pendingCount > 0) {
    const callee = pending[--pendingCount]!;
    if (referenced[callee] === 1) openType(module.functions[callee]!);
    const end = start[callee + 1]!;
    for (let at = start[callee]!; at < end; at++) mark(callers[at]!);
  }
  return { mayLeave, indirectMayLeave, indirectTailCalls: calls.indirectTailCalls };
}

/** Says whether the host can hand functions of its own to the guest, as references. */
function functionsComeIn(module: Module): boolean {
  const callable = (type: string): boolean => {
    const concrete = /^\(ref (?:null )?(\d+)\)$/.exec(type);
    if (concrete !== null) return module.types[Number(concrete[1])]?.kind === "func";
    return type === "funcref" || type === "(ref func)" || type === "(ref null func)";
  };
  const some = (types: Uint8Array): boolean => valueTypeNames(new Cursor(types)).some(callable);
  const given = (typeIndex: number | undefined, which: "params" | "results"): boolean => {
    const type = module.types[typeIndex ?? -1];
    return type?.kind === "func" && some(type[which]);
  };
  return (
    module.tags.some((typeIndex) => given(typeIndex, "params")) ||
    module.imports.some(({ kind, typeIndex, global }) =>
      kind === "func" ? given(typeIndex, "results") : global !== undefined && callable(global.type),
    ) ||
    module.exports.some(({ kind, index }) => {
      if (kind === "func") return given(module.functions[index], "params");
      const global = kind === "global" ? module.globals[index] : undefined;
      return global?.mutable === true && callable(global.type);
    })
  );
}

/** Turns the lists of callees around, by a counting sort: function f is called by `callers[start[f] .. start[f + 1])`. */
function callersOf(module: Module, calls: Calls): { callers: Uint32Array; start: Uint32Array } {
  const { callees, calleesStart, callerCount } = calls;
  const { length } = callerCount;
  const start = new Uint32Array(length + 1);
  for (let index = 0; index < length; index++) {
    start[index + 1] = start[index]! + callerCount[index]!;
  }
  const next = start.slice();
  const callers = new Uint32Array(callees.length);
  const first = module.importedFunctions;
  let at = 0;
  for (let defined = 0; defined + 1 < calleesStart.length; defined++) {
    const end = calleesStart[defined + 1]!;
    for (; at < end; at++) callers[next[callees[at]!]!++] = first + defined;
  }
  return { callers, start };
}

/** Groups function types that an indirect call cannot tell apart, and types that may be subtypes. */
class SameTypes {
  readonly #groups = new Map<string, number[]>();
  readonly #keys: string[];

  constructor(module: Module) {
    this.#keys = module.types.map((type) =>
      type.kind === "func" ? `${type.paramCount}:${type.resultCount}` : "",
    );
    for (const [index, key] of this.#keys.entries()) {
      const group = this.#groups.get(key);
      if (group === undefined) this.#groups.set(key, [index]);
      else group.push(index);
    }
  }

  /**
   * Lists the types with as many parameters and results: a call with a supertype may reach a subtype,
   * and equal types may have several indices.
   */
  equalTo(typeIndex: number): readonly number[] {
    return this.#groups.get(this.#keys[typeIndex] ?? "") ?? [];
  }
}
