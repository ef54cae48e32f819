import { assembleBody, decodeModule, readCalls, rewriteModule, valueType } from "../wasm/index.ts";
import type { FuncType, Module, ModuleAdditions } from "../wasm/index.ts";
import { Additions } from "./additions.ts";
import { checkIndices } from "./check-indices.ts";
import { exportNames, wasiImport } from "./dump.ts";
import type { DumpSink } from "./dump.ts";
import { DumpAtEnd } from "./dump-at-end.ts";
import { Redirects } from "./redirects.ts";
import { regionMemory } from "./region.ts";
import type { OwnMemory } from "./region.ts";
import { Refusal } from "./refusal.ts";
import { assumeReturns, isWasi } from "./returns.ts";
import { SiteWriter } from "./rewrite-sites.ts";
import { staleCustom } from "./stale-custom.ts";
import { moverOf } from "./wasi-movers.ts";
import { tableLayout, wordsARow } from "./wasi-table.ts";
import { beginBody, endBody } from "./wasi-wrap-begin.ts";
import { bookBody, wordBody } from "./wasi-wrap-book.ts";
import { exitBody, wrapperBody } from "./wasi-wrap-call.ts";
import type { WrapperParts } from "./wasi-wrap-call.ts";
import { nowBody, nullBody } from "./wasi-wrap-clock.ts";
import { askedBody, movedBody } from "./wasi-wrap-moved.ts";
import type { AddedBody, TableCode } from "./wasi-wrap-table.ts";
import { wordState } from "./wasi-wrap-word.ts";

/** How the WASI functions of a module are wrapped. */
export interface WrapOptions {
  /** Whether each call is timed, by two readings of the guest's monotonic clock; calls are counted without. */
  readonly timed: boolean;
  /**
   * Keeps what function is in flight in a word that the tool finds in the process's memory: its upper half is this
   * number, its lower half the function's number, 0 for none. The guest waits, in front of `_start`, until it is found.
   */
  readonly wordPattern?: number;
  /** As in `InstrumentOptions`. */
  readonly sink: "export" | DumpSink;
  readonly dumpAfter?: string;
  readonly moduleId?: string;
}

/** A module whose WASI functions are wrapped. */
export interface WrappedModule {
  readonly bytes: Uint8Array;
  /** The wrapped imports, for `readWasiTable`: the first has the number 1. */
  readonly functions: readonly string[];
}

/** What the headers of raw profiles call the table of wrapped functions. */
export const wrappedMode = "wasi";

/**
 * Rewrites a module so that each function of WASI preview1 that it imports is called through a wrapper, which counts
 * calls, their time, the bytes that they move and their errnos. Throws a `DecodeError` for malformed input and a
 * `Refusal` for a module that imports nothing of WASI, or whose memory cannot hold the counts.
 *
 * @example
 * const { bytes, functions } = wrapWasi(readFileSync("app.wasm"), { timed: true, sink: "stderr" });
 */
export function wrapWasi(bytes: Uint8Array, options: WrapOptions): WrappedModule {
  return new WasiWrapper(decodeModule(bytes), options).run();
}

const { i32, i64 } = valueType;
const startExport = "_start";
const pageBytes = 65536;

/** An imported function of WASI's: its index, and its place in the table. */
interface WasiImport {
  readonly name: string;
  readonly index: number;
  readonly type: FuncType;
  readonly row: number;
  /** The function that is called in its place. */
  readonly wrapper: number;
}

class WasiWrapper {
  readonly #module: Module;
  readonly #options: WrapOptions;
  readonly #additions: Additions;
  readonly #dump: DumpAtEnd | undefined;
  readonly #memory: OwnMemory;
  readonly #table: TableCode;
  readonly #clock: number;
  readonly #imports: readonly WasiImport[];
  readonly #begin: number;
  readonly #end: number;
  readonly #redirects: Redirects;

  constructor(module: Module, options: WrapOptions) {
    checkIndices(module);
    this.#module = module;
    this.#options = options;
    const additions = (this.#additions = new Additions(module));
    const found = wasiFunctions(module);
    if (found.length === 0) throw new Refusal("the module imports no function of WASI's");
    const [memory] = module.memories;
    if (memory === undefined) throw new Refusal("the module has no memory, which WASI needs");
    if (memory.shared) {
      throw new Refusal("threads share the module's memory: their calls cannot be told apart");
    }
    // Imports come before all functions that are added.
    this.#clock = wasiImport(module, additions, "clock_time_get");
    const { sink, dumpAfter } = options;
    this.#dump = sink === "export" ? undefined : new DumpAtEnd(module, additions, sink, dumpAfter);
    const pages = Math.ceil(((found.length + 1) * tableLayout.rowBytes) / pageBytes);
    this.#memory = regionMemory(module, additions, pages, false);
    const { rebase } = this.#memory;
    this.#table = { rebase, first: [["i32.const", 0], ...rebase] };
    this.#imports = found.map((entry) => ({ ...entry, wrapper: additions.reserve() }));
    this.#begin = additions.reserve();
    this.#end = additions.reserve();
    this.#redirects = this.#makeRedirects();
  }

  run(): WrappedModule {
    const { called, referenced } = {
      called: (index: number) => this.#redirects.called(index),
      referenced: (index: number) => this.#referenced(index),
    };
    const writer = new SiteWriter(this.#module, { called, referenced, guest: this.#memory.guest });
    const bytes = rewriteModule(this.#module, {
      imports: this.#additions.imports,
      body: (defined, sink) => {
        writer.write(defined, sink);
        return true;
      },
      additions: () => this.#finish(),
      redirect: (reference) => this.#redirects.outside(reference),
      dropCustom: staleCustom,
    });
    return { bytes, functions: this.#imports.map(({ name }) => name) };
  }

  #makeRedirects(): Redirects {
    const module = this.#module;
    const { indirectTailCalls } = readCalls(module);
    const ends = [startExport, this.#options.dumpAfter];
    const starts = module.exports.filter(
      ({ kind, name }) => kind === "func" && ends.includes(name),
    );
    return new Redirects(module, this.#additions, {
      returns: { ...assumeReturns(module), indirectTailCalls },
      tree: undefined,
      memory: this.#memory,
      dump: this.#dump,
      wrapped: {
        imports: new Map(this.#imports.map(({ index, wrapper }) => [index, wrapper])),
        runs: new Set(starts.map(({ index }) => index)),
        begin: this.#begin,
        end: this.#end,
      },
    });
  }

  #referenced(index: number): number {
    const target = this.#redirects.referenced(index);
    if (target !== index || this.#redirects.movesExport(index)) this.#additions.declare(target);
    return target;
  }

  #add(
    name: string,
    params: readonly number[],
    results: readonly number[],
    { locals, body }: AddedBody,
  ): number {
    return this.#additions.add({
      name: `wasmscope.${name}`,
      typeIndex: this.#additions.type(params, results),
      body: assembleBody(locals, body),
    });
  }

  #finish(): ModuleAdditions {
    const table = this.#table;
    const { timed, wordPattern, moduleId } = this.#options;
    const additions = this.#additions;
    const now = this.#add("now", [i32], [i64], { locals: [], body: nowBody(table, this.#clock) });
    const nothing = timed ? this.#add("null", [i64], [], nullBody(table, now)) : undefined;
    const book = this.#add(
      "book",
      timed ? [i32, i32, i64, i64] : [i32, i32],
      [],
      bookBody(table, nothing),
    );
    const parts: WrapperParts = {
      table,
      now: timed ? now : undefined,
      book,
      asked: this.#add("asked", [i32, i32], [i64], askedBody()),
      moved: this.#add("moved", [i32], [i64], { locals: [], body: movedBody }),
      word:
        wordPattern === undefined
          ? undefined
          : { global: additions.global("i64"), pattern: wordPattern },
    };
    for (const entry of this.#imports) this.#define(entry, parts);
    const word = parts.word && {
      ...parts.word,
      waiting: additions.global("i64", wordState.waiting),
      fdWrite: this.#dump?.fdWrite,
    };
    const begin = beginBody(table, { now, nothing, word });
    const plain = additions.type([], []);
    const define = (index: number, name: string, body: Uint8Array): void =>
      additions.define(index, { name: `wasmscope.${name}`, typeIndex: plain, body });
    define(this.#begin, "begin", assembleBody(begin.locals, begin.body));
    define(this.#end, "end", assembleBody([], endBody(table, now, parts.word)));
    const reader = {
      word: this.#add("word", [i32], [i64], wordBody(table)),
      count: this.#add("count", [], [i32], {
        locals: [],
        body: [["i32.const", (this.#imports.length + 1) * wordsARow]],
      }),
    };
    additions.export(exportNames.word, "func", reader.word);
    additions.export(exportNames.count, "func", reader.count);
    this.#dump?.finish(`1 ${wrappedMode} ${moduleId ?? "-"}`, reader);
    this.#redirects.finish();
    return additions.build();
  }

  #define({ name, index, type, row, wrapper }: WasiImport, parts: WrapperParts): void {
    const isExit = name === "proc_exit" && type.paramCount === 1;
    const target = isExit ? (this.#dump?.exit?.wrapper ?? index) : index;
    const wrapped = { type, target, row, mover: moverOf(name, type) };
    const { locals, body } = isExit
      ? exitBody(parts.table, wrapped, this.#end)
      : wrapperBody(parts, wrapped);
    this.#additions.define(wrapper, {
      name: `wasmscope.wasi.${name}`,
      typeIndex: this.#module.functions[index]!,
      body: assembleBody(locals, body),
    });
  }
}

/** Lists the imported functions of WASI's in their order. */
function wasiFunctions(module: Module): Omit<WasiImport, "wrapper">[] {
  return module.imports
    .filter(({ kind }) => kind === "func")
    .map((entry, index) => ({ ...entry, index }))
    .filter((entry) => isWasi(entry.module))
    .map(({ name, index }, nth) => ({
      name,
      index,
      row: nth + 1,
      type: module.types[module.functions[index]!] as FuncType,
    }));
}
