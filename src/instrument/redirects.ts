import { valueType } from "../wasm/index.ts";
import type { FunctionReference, Instruction, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import type { CallTree } from "./call-tree.ts";
import type { DumpAtEnd } from "./dump-at-end.ts";
import type { OwnMemory } from "./region.ts";
import { hostReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";
import { defineThunk, hostSharesTables } from "./thunks.ts";
import type { Around } from "./thunks.ts";

/** What the functions that stand for others have to do. */
export interface Duties {
  readonly returns: Returns;
  readonly tree: CallTree | undefined;
  readonly memory: OwnMemory | undefined;
  readonly dump: DumpAtEnd | undefined;
  readonly wrapped?: Wrapped;
}

/** Functions that stand for imports, and what is called around the exports that run the guest. */
export interface Wrapped {
  /** Imported function -> the function called instead. */
  readonly imports: ReadonlyMap<number, number>;
  /** Functions, by index, that run the guest; before and behind them `begin` and `end` are called. */
  readonly runs: ReadonlySet<number>;
  readonly begin: number;
  readonly end: number;
}

/**
 * Says which function stands for which in the rewritten module: numbers move up by the added imports, a
 * wrapper stands for `proc_exit`, and where the host and the guest call each other, a thunk keeps in order what
 * must not be seen to change: the tree's current node, and the region behind the guest's memory.
 */
export class Redirects {
  readonly #module: Module;
  readonly #additions: Additions;
  readonly #duties: Duties;
  /** Imported function -> the function called instead. */
  readonly #fromGuest = new Map<number, number>();
  /** Defined function -> the function that the host calls instead; reserved when asked for. */
  readonly #fromHost = new Map<number, number>();

  constructor(module: Module, additions: Additions, duties: Duties) {
    this.#module = module;
    this.#additions = additions;
    this.#duties = duties;
    if (duties.memory?.guest !== undefined) this.#addImportThunks(duties.memory.guest.sync);
  }

  /** Whether bodies must be looked through for functions that are called something else now. */
  get changeCalls(): boolean {
    return (
      this.#duties.dump?.exit !== undefined ||
      this.#duties.wrapped !== undefined ||
      this.#fromGuest.size > 0 ||
      this.#additions.imports.length > 0
    );
  }

  /** Gives the new index of a function that a body calls. */
  called(index: number): number {
    const wrapper = this.#duties.wrapped?.imports.get(index);
    if (wrapper !== undefined) return wrapper;
    const exit = this.#duties.dump?.exit;
    if (index === exit?.imported) return exit.wrapper;
    const thunk = this.#fromGuest.get(index);
    if (thunk !== undefined) return thunk;
    return this.#isOwn(index) ? index + this.#additions.imports.length : index;
  }

  /**
   * Gives what a reference names that may reach the host: the function that stands for it there. But a
   * chain of tail calls through references must not gather frames of such functions: then references stay
   * as they are, and what the host calls through one may be booked below the wrong caller.
   */
  referenced(index: number): number {
    const guarded = this.#guardsHostCalls && !this.#duties.returns.indirectTailCalls;
    return guarded && this.#isOwn(index) ? this.#hostThunk(index) : this.called(index);
  }

  /** Says whether the exports of a function name another in its place: then they do not declare it. */
  movesExport(index: number): boolean {
    const { dump, wrapped } = this.#duties;
    const ends = dump?.isStart(index) === true || wrapped?.runs.has(index) === true;
    return this.#isOwn(index) && (this.#guardsHostCalls || ends);
  }

  /** Gives the new index of a function that a section other than the code names. */
  outside({ index, place }: FunctionReference): number {
    switch (place) {
      case "element":
        return hostSharesTables(this.#module) ? this.referenced(index) : this.called(index);
      case "expression":
        return this.referenced(index);
      case "export":
        return this.movesExport(index) ? this.#hostThunk(index) : this.called(index);
      case "start": {
        const thunk = this.#isOwn(index) && this.#guardsHostCalls;
        return thunk ? this.#hostThunk(index) : this.called(index);
      }
    }
  }

  /** Defines the functions that were asked for, or will be when the sections are written. */
  finish(): void {
    const { exports, start, elementFunctions, expressionFunctions } = this.#module;
    const wanted = new Set(this.#fromHost.keys());
    for (const { kind, index } of exports) if (kind === "func") wanted.add(index);
    if (this.#guardsHostCalls) {
      if (start !== undefined) wanted.add(start);
      if (!this.#duties.returns.indirectTailCalls) {
        for (const index of expressionFunctions) wanted.add(index);
        if (hostSharesTables(this.#module)) for (const index of elementFunctions) wanted.add(index);
      }
    }
    for (const index of wanted) {
      if (!this.#isOwn(index)) continue;
      const around = this.#aroundHostCall(index);
      if (around === undefined) continue;
      defineThunk(this.#module, this.#additions, {
        index,
        reserved: this.#hostThunk(index),
        target: index + this.#additions.imports.length,
        around,
        name: `wasmscope.entry_${index}`,
      });
    }
  }

  /** Whether something must be put in order around each call by the host. */
  get #guardsHostCalls(): boolean {
    return this.#duties.tree !== undefined || this.#duties.memory?.guest !== undefined;
  }

  #isOwn(index: number): boolean {
    return index >= this.#module.importedFunctions;
  }

  #hostThunk(index: number): number {
    const known = this.#fromHost.get(index);
    if (known !== undefined) return known;
    const reserved = this.#additions.reserve();
    this.#fromHost.set(index, reserved);
    return reserved;
  }

  /** Behind each host function that may grow the guest's memory, the region is put in order. */
  #addImportThunks(sync: number): void {
    const exit = this.#duties.dump?.exit?.imported;
    let index = -1;
    for (const entry of this.#module.imports) {
      if (entry.kind !== "func") continue;
      index++;
      if (hostReturns(entry.module, entry.name) || index === exit) continue;
      const reserved = this.#additions.reserve();
      defineThunk(this.#module, this.#additions, {
        index,
        reserved,
        target: index,
        around: { after: () => [["call", sync]] },
        name: `wasmscope.from.${entry.name}`,
      });
      this.#fromGuest.set(index, reserved);
    }
  }

  #aroundHostCall(index: number): Around | undefined {
    const { tree, memory, dump, wrapped } = this.#duties;
    const sync = memory?.guest?.sync;
    const dumps = dump?.isStart(index) === true;
    const runs = wrapped?.runs.has(index) === true;
    if (tree === undefined && sync === undefined && !dumps && !runs) return undefined;
    const before: Instruction[] = [
      ...(sync === undefined ? [] : [["call", sync] as const]),
      ...(runs ? [["call", wrapped.begin] as const] : []),
    ];
    const after: Instruction[] = [
      ...(runs ? [["call", wrapped.end] as const] : []),
      ...(dumps ? [["call", dump.index] as const] : []),
    ];
    if (tree === undefined) return { before: () => before, after: () => after };
    return {
      locals: [[1, valueType.i32]],
      before: (saved) => [...before, ["global.get", tree.current], ["local.set", saved]],
      after: (saved) => [["local.get", saved], ["global.set", tree.current], ...after],
    };
  }
}
