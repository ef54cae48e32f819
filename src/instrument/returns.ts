import { Cursor, DecodeError } from "../bytes/index.ts";
import { InstructionReader, placedInBody, readLocals, valueTypeNames } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

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

/** Walks all bodies once and follows calls backwards from those that leave. */
export function analyseReturns(module: Module): Returns {
  const graph = readCalls(module);
  const mayLeave = new Uint8Array(module.functions.length);
  const pending: number[] = [];
  const mark = (index: number): void => {
    if (mayLeave[index] === 1) return;
    mayLeave[index] = 1;
    pending.push(index);
  };
  let index = 0;
  for (const entry of module.imports) {
    if (entry.kind !== "func") continue;
    if (!hostReturns(entry.module, entry.name)) mark(index);
    index++;
  }
  for (const thrower of graph.throwers) mark(thrower);

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
  for (const named of graph.referenced) referenced[named] = 1;
  const openType = (typeIndex: number): void => {
    if (indirectMayLeave[typeIndex] === 1) return;
    for (const same of types.equalTo(typeIndex)) {
      indirectMayLeave[same] = 1;
      for (const caller of graph.indirectCallers.get(same) ?? []) mark(caller);
    }
  };
  if (tablesAreOpen) for (let type = 0; type < module.types.length; type++) openType(type);
  // An exported function can come back through a table or as a reference from the host.
  while (pending.length > 0) {
    const callee = pending.pop()!;
    if (referenced[callee] === 1) openType(module.functions[callee]!);
    for (let at = graph.callersStart[callee]!; at < graph.callersStart[callee + 1]!; at++) {
      mark(graph.callers[at]!);
    }
  }
  return { mayLeave, indirectMayLeave, indirectTailCalls: graph.indirectTailCalls };
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

interface CallGraph {
  /** The callers of function f are `callers[callersStart[f] .. callersStart[f + 1])`. */
  readonly callersStart: Uint32Array;
  readonly callers: Uint32Array;
  /** Functions with indirect calls by type index. */
  readonly indirectCallers: ReadonlyMap<number, number[]>;
  readonly throwers: readonly number[];
  readonly indirectTailCalls: boolean;
  /** Functions named by `ref.func` in bodies. */
  readonly referenced: readonly number[];
}

function readCalls(module: Module): CallGraph {
  const { bytes, bodies, importedFunctions, functions } = module;
  const reader = new InstructionReader(bytes);
  let edges = new Uint32Array(1024);
  let edgeCount = 0;
  const indirectCallers = new Map<number, number[]>();
  const throwers: number[] = [];
  let indirectTailCalls = false;
  const referenced: number[] = [];
  const known = (index: number): void => {
    if (index >= functions.length) throw new DecodeError(`unknown function ${index}`, reader.start);
  };
  for (let defined = 0; defined < bodies.start.length; defined++) {
    const caller = importedFunctions + defined;
    try {
      const end = bodies.end[defined]!;
      reader.reset(readLocals(bytes, bodies.start[defined]!, end).codeStart, end);
      while (reader.position < end) {
        reader.next();
        switch (reader.code) {
          case 0x10:
          case 0x12:
            known(reader.index);
            if (edgeCount + 2 > edges.length) edges = grown(edges);
            edges[edgeCount++] = caller;
            edges[edgeCount++] = reader.index;
            break;
          case 0x11:
          case 0x13:
          case 0x14:
          case 0x15: {
            indirectTailCalls ||= reader.code === 0x13 || reader.code === 0x15;
            const callers = indirectCallers.get(reader.index);
            if (callers === undefined) indirectCallers.set(reader.index, [caller]);
            else if (callers.at(-1) !== caller) callers.push(caller);
            break;
          }
          case 0x08:
          case 0x09:
          case 0x0a:
            throwers.push(caller);
            break;
          case 0xd2:
            known(reader.index);
            referenced.push(reader.index);
        }
      }
    } catch (error) {
      throw placedInBody(module, defined, error);
    }
  }
  return {
    ...callersOf(edges.subarray(0, edgeCount), functions.length),
    indirectCallers,
    throwers,
    indirectTailCalls,
    referenced,
  };
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Sorts (caller, callee) pairs by callee: a counting sort. */
function callersOf(
  edges: Uint32Array,
  functionCount: number,
): Pick<CallGraph, "callers" | "callersStart"> {
  const callersStart = new Uint32Array(functionCount + 2);
  for (let at = 1; at < edges.length; at += 2) callersStart[edges[at]! + 1]!++;
  for (let index = 0; index <= functionCount; index++) {
    callersStart[index + 1]! += callersStart[index]!;
  }
  const next = callersStart.slice();
  const callers = new Uint32Array(edges.length / 2);
  for (let at = 0; at < edges.length; at += 2) callers[next[edges[at + 1]!]!++] = edges[at]!;
  return { callersStart, callers };
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
