import { Sink } from "../bytes/index.ts";
import {
  assembleBody,
  checkBodies,
  decodeModule,
  placedInBody,
  readLocals,
  rewriteModule,
  valueType,
} from "../wasm/index.ts";
import type { FuncType, FunctionReference, Instruction, Module } from "../wasm/index.ts";
import { Additions } from "./additions.ts";
import { BlockCounter } from "./block-counts.ts";
import { addCallTree, bookOnTree, treePages } from "./call-tree.ts";
import type { CallTree } from "./call-tree.ts";
import { checkIndices } from "./check-indices.ts";
import { CounterPlan } from "./counter-plan.ts";
import { GlobalCounters, MemoryCounters, mostCounterGlobals } from "./counters.ts";
import type { Counters } from "./counters.ts";
import { addDump, exportNames, sinkImports } from "./dump.ts";
import type { DumpSink, SinkImports } from "./dump.ts";
import { FlowGraph, siteKind } from "./flow-graph.ts";
import { regionMemory, secondMemory } from "./region.ts";
import type { OwnMemory } from "./region.ts";
import { analyseReturns, assumeReturns, hostReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";
import { defineThunk, hostSharesTables } from "./thunks.ts";
import type { Around } from "./thunks.ts";
import { writeBody } from "./write-body.ts";
import type { BodyChanges } from "./write-body.ts";

/** What is counted: calls, instructions of each function, of each block, or of each calling context. */
export type ExactMode = "calls" | "insns" | "blocks" | "tree";
/** The exact modes, the cheapest first. */
export const exactModes: readonly ExactMode[] = ["calls", "insns", "blocks", "tree"];

/** How a module is instrumented. */
export interface InstrumentOptions {
  readonly mode: ExactMode;
  /**
   * Where the raw profile goes: `export` leaves it to the host to read it through exports, `stderr` (or
   * a file in the first preopened folder) makes the module write it when `_start` or `proc_exit` ends it.
   */
  readonly sink?: "export" | DumpSink;
  /**
   * Where a call tree lives: behind the guest's memory (`region`, the default) or in a memory of its own
   * (`second`), which engines without the multi-memory proposal refuse.
   */
  readonly memory?: "region" | "second";
  /** Names the module in the raw profile: some hexadecimal digits of its hash. */
  readonly moduleId?: string;
  /** Bounds the call tree. */
  readonly mostNodes?: number;
  /** Told after each function body. */
  readonly onBody?: (done: number, total: number) => void;
}

/** An instrumented module. */
export interface Instrumented {
  readonly bytes: Uint8Array;
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[];
}

const defaultMostNodes = 4_000_000;
const startExport = "_start";

/**
 * Rewrites a core module so that it counts what it executes. Throws a `DecodeError` for malformed input
 * and a `Refusal` where the module cannot be instrumented as asked.
 *
 * @example
 * const { bytes } = instrument(readFileSync("app.wasm"), { mode: "blocks", sink: "stderr" });
 */
export function instrument(bytes: Uint8Array, options: InstrumentOptions): Instrumented {
  return new Instrumenter(decodeModule(bytes), options).run();
}

/**
 * Traces where the bytes of one instrumented body come from: gives pairs of offsets (in the instrumented
 * body, in the original file) with lengths, for `instrument` with the same options.
 */
export function traceBody(
  bytes: Uint8Array,
  options: InstrumentOptions,
  defined: number,
): readonly { readonly to: number; readonly from: number; readonly length: number }[] {
  return new Instrumenter(decodeModule(bytes), options).trace(defined);
}

class Instrumenter {
  readonly #module: Module;
  readonly #options: InstrumentOptions;
  readonly #additions: Additions;
  readonly #returns: Returns;
  readonly #graph: FlowGraph;
  readonly #plan = new CounterPlan();
  readonly #notes: string[] = [];

  readonly #sinkImports: SinkImports | undefined;
  #memory: OwnMemory | undefined;
  #tree: CallTree | undefined;
  #counters: Counters | undefined;
  /** The wrapper of `proc_exit` and the import that it wraps. */
  #exit: { readonly wrapper: number; readonly imported: number } | undefined;
  #dump: number | undefined;
  /** Index of the imported function -> thunk. */
  readonly #importThunks = new Map<number, number>();
  /** For functions that the host calls: original index -> thunk. */
  readonly #hostThunks = new Map<number, number>();
  #blockCounter: BlockCounter | undefined;
  /** What is written into bodies: the mode's own changes, and other functions in place of some. */
  readonly #edits: Edits;

  constructor(module: Module, options: InstrumentOptions) {
    checkIndices(module);
    this.#module = module;
    this.#options = options;
    this.#additions = new Additions(module);
    // Calls are counted at each start: how they end does not matter.
    this.#returns = options.mode === "calls" ? assumeReturns(module) : analyseReturns(module);
    this.#graph = new FlowGraph(module, this.#returns);
    const { sink = "export" } = options;
    this.#sinkImports = sink === "export" ? undefined : sinkImports(module, this.#additions, sink);
    this.#prepare();
    this.#edits = new Edits((site, to) => this.#replaceSite(site, to));
    this.#graph.wantedSites = this.#wantedSites();
  }

  /** Sites at which nothing can change are not looked at: they would cut the copying into small pieces. */
  #wantedSites(): number {
    if (this.#tree !== undefined) return ~0;
    const renamed = this.#exit !== undefined || this.#additions.imports.length > 0;
    const functions = renamed || this.#importThunks.size > 0;
    return (
      (functions ? (1 << siteKind.call) | (1 << siteKind.refFunc) : 0) |
      (this.#memory?.guest ? (1 << siteKind.memoryGrow) | (1 << siteKind.memorySize) : 0) |
      (this.#options.mode === "calls" ? 0 : 1 << siteKind.loop)
    );
  }

  run(): Instrumented {
    const { onBody } = this.#options;
    if (this.#graph.wantedSites === 0) checkBodies(this.#module);
    const bytes = rewriteModule(this.#module, {
      imports: this.#additions.imports,
      body: (defined, sink) => {
        this.#body(defined, sink);
        return true;
      },
      additions: () => this.#finish(),
      redirect: (reference) => this.#redirect(reference),
      dropCustom: staleCustom,
      ...(onBody === undefined ? {} : { onBody }),
    });
    return { bytes, notes: this.#notes };
  }

  trace(defined: number): { to: number; from: number; length: number }[] {
    const pieces: { to: number; from: number; length: number }[] = [];
    const sink = new Sink();
    // Counters are numbered through all bodies, and their numbers' lengths decide where code lies.
    for (let before = 0; before < defined; before++) {
      this.#body(before, sink);
      sink.clear();
    }
    this.#edits.onCopy = (to, from, length) => pieces.push({ to, from, length });
    this.#body(defined, sink);
    return pieces;
  }

  /** Adds what bodies refer to, before the first body is written. */
  #prepare(): void {
    const { mode, memory = "region", mostNodes = defaultMostNodes } = this.#options;
    const { sink = "export" } = this.#options;
    if (sink !== "export") this.#dump = this.#additions.reserve();
    this.#prepareExit();
    const words = mode === "tree" ? 0 : this.#countWords();
    if (mode === "tree" || words > mostCounterGlobals) {
      const pages = mode === "tree" ? treePages : Math.ceil((words * 8) / 65536);
      const make = memory === "second" ? secondMemory : regionMemory;
      this.#memory = make(this.#module, this.#additions, pages);
      if (mode !== "tree") {
        this.#notes.push(
          `${words} counters are more than engines allow globals: they are in memory`,
        );
      }
    }
    if (mode === "tree") this.#tree = addCallTree(this.#additions, this.#memory!, mostNodes);
    if (this.#memory?.guest !== undefined) this.#addImportThunks();
  }

  /** Counts the words that the mode needs, as far as it matters. */
  #countWords(): number {
    const { bodies } = this.#module;
    if (this.#options.mode !== "blocks") return bodies.start.length;
    // A block takes at least two bytes, so that only large modules are counted beforehand.
    let codeBytes = 0;
    for (let defined = 0; defined < bodies.start.length; defined++) {
      codeBytes += bodies.end[defined]! - bodies.start[defined]!;
    }
    if (codeBytes < 2 * mostCounterGlobals) return 0;
    let words = 0;
    for (let defined = 0; defined < bodies.start.length; defined++) {
      this.#read(defined);
      words += this.#plan.countedTotal;
    }
    return words;
  }

  #prepareExit(): void {
    if (this.#dump === undefined) return;
    let imported = 0;
    for (const entry of this.#module.imports) {
      if (entry.kind !== "func") continue;
      if (entry.module.startsWith("wasi_") && entry.name === "proc_exit") {
        this.#exit = { wrapper: this.#additions.reserve(), imported };
        return;
      }
      imported++;
    }
  }

  /** Behind each host function that may grow the guest's memory, the region is put in order. */
  #addImportThunks(): void {
    const { sync } = this.#memory!.guest!;
    let index = 0;
    for (const entry of this.#module.imports) {
      if (entry.kind !== "func") continue;
      if (!hostReturns(entry.module, entry.name) && index !== this.#exit?.imported) {
        const thunk = this.#additions.reserve();
        defineThunk(this.#module, this.#additions, {
          index,
          reserved: thunk,
          target: index,
          around: { after: () => [["call", sync]] },
          name: `wasmscope.from.${entry.name}`,
        });
        this.#importThunks.set(index, thunk);
      }
      index++;
    }
  }

  #read(defined: number): void {
    try {
      this.#graph.read(defined);
      this.#plan.make(this.#graph);
    } catch (error) {
      throw placedInBody(this.#module, defined, error);
    }
  }

  #body(defined: number, sink: Sink): void {
    if (this.#graph.wantedSites === 0) {
      this.#countCallOnly(defined, sink);
      return;
    }
    this.#read(defined);
    const { importedFunctions, functions, types } = this.#module;
    const index = importedFunctions + defined;
    const type = types[functions[index]!] as FuncType | undefined;
    const firstLocal = (type?.paramCount ?? 0) + this.#graph.localCount;
    const changes = this.#changesOf(index, firstLocal);
    this.#edits.inner = changes;
    writeBody(this.#module, defined, this.#graph, this.#edits, sink);
  }

  /** Puts a counter in front of a body that is otherwise copied; its instructions were checked before. */
  #countCallOnly(defined: number, sink: Sink): void {
    const { bytes, bodies } = this.#module;
    const end = bodies.end[defined]!;
    const { codeStart } = readLocals(bytes, bodies.start[defined]!, end);
    sink.bytes(bytes, bodies.start[defined]!, codeStart);
    const counters = this.#words();
    counters.add(sink, counters.next(), 1);
    this.#edits.onCopy?.(sink.length, codeStart, end - codeStart);
    sink.bytes(bytes, codeStart, end);
  }

  #changesOf(index: number, firstLocal: number): BodyChanges {
    if (this.#tree !== undefined) {
      return bookOnTree(this.#graph, this.#plan, this.#tree, index, firstLocal, (callee) =>
        this.#returnsBalanced(callee),
      );
    }
    const counters = this.#words();
    if (this.#options.mode === "calls") {
      const word = counters.next();
      return {
        atBlock: (block, sink) => {
          if (block === 0) counters.add(sink, word, 1);
        },
      };
    }
    const perBlock = this.#options.mode === "blocks";
    this.#blockCounter ??= new BlockCounter(this.#graph, this.#plan, counters, perBlock);
    this.#blockCounter.prepare(firstLocal);
    return this.#blockCounter;
  }

  /** Says whether the current node is certainly unchanged behind a call: WASI runs no guest code. */
  #returnsBalanced(callee: number): boolean {
    return callee < this.#module.importedFunctions && this.#returns.mayLeave[callee] === 0;
  }

  #words(): Counters {
    return (this.#counters ??=
      this.#memory === undefined
        ? new GlobalCounters(this.#additions)
        : new MemoryCounters(this.#memory));
  }

  /** Writes another instruction in place of one that names a function or asks for the memory's size. */
  #replaceSite(site: number, sink: Sink): boolean {
    const { siteKind: kinds, siteStart, siteArgument } = this.#graph;
    const guest = this.#memory?.guest;
    switch (kinds[site]!) {
      case siteKind.call:
      case siteKind.refFunc: {
        const index = siteArgument[site]!;
        const reference = kinds[site] === siteKind.refFunc;
        const target = reference ? this.#referenceTarget(index) : this.#target(index);
        if (target === index) return false;
        if (reference) this.#additions.declare(target);
        sink.byte(this.#module.bytes[siteStart[site]!]!);
        sink.u32(target);
        return true;
      }
      case siteKind.memoryGrow:
        if (guest === undefined) return false;
        sink.byte(0x10);
        sink.u32(guest.grow);
        return true;
      case siteKind.memorySize:
        if (guest === undefined) return false;
        sink.byte(0x23);
        sink.u32(guest.pages);
        return true;
      default:
        return false;
    }
  }

  /** Gives the new index of a function that a body names. */
  #target(index: number): number {
    if (index === this.#exit?.imported) return this.#exit.wrapper;
    const thunk = this.#importThunks.get(index);
    if (thunk !== undefined) return thunk;
    const added = this.#additions.imports.length;
    return index < this.#module.importedFunctions ? index : index + added;
  }

  /**
   * Gives what a reference names that may reach the host: the function that stands for it there. But a
   * chain of tail calls through references must not gather frames of such functions: then the tree stays
   * unguarded against calls of references by the host, whose callees may stand below the wrong caller.
   */
  #referenceTarget(index: number): number {
    const own = index >= this.#module.importedFunctions;
    const guarded = own && this.#guardsHostCalls() && !this.#returns.indirectTailCalls;
    return guarded ? this.#hostThunk(index) : this.#target(index);
  }

  /** Says whether something must be put in order around each call by the host. */
  #guardsHostCalls(): boolean {
    return this.#tree !== undefined || this.#memory?.guest !== undefined;
  }

  #redirect({ index, place }: FunctionReference): number | undefined {
    if (place === "element" && !hostSharesTables(this.#module)) return this.#target(index);
    if (place === "element" || place === "expression") return this.#referenceTarget(index);
    if (this.#guardsHostCalls() && index >= this.#module.importedFunctions) {
      return this.#hostThunk(index);
    }
    const dumps = this.#dump !== undefined && place === "export" && this.#isStart(index);
    return dumps ? this.#hostThunk(index) : this.#target(index);
  }

  /** Gives the function that the host calls in place of this one; its body comes at the end. */
  #hostThunk(index: number): number {
    const known = this.#hostThunks.get(index);
    if (known !== undefined) return known;
    const reserved = this.#additions.reserve();
    this.#hostThunks.set(index, reserved);
    return reserved;
  }

  #isStart(index: number): boolean {
    return this.#module.exports.some(
      (entry) => entry.kind === "func" && entry.name === startExport && entry.index === index,
    );
  }

  /** Adds what depends on the number of counters, and the functions around what the host calls. */
  #finish(): ReturnType<Additions["build"]> {
    const additions = this.#additions;
    const { i32 } = valueType;
    const counters = this.#tree === undefined ? this.#words() : undefined;
    const word = this.#tree?.word ?? counters!.reader(additions);
    const count =
      this.#tree?.count ??
      additions.add({
        name: "wasmscope.count",
        typeIndex: additions.type([], [i32]),
        body: assembleBody([], [["i32.const", counters!.count]]),
      });
    additions.export(exportNames.word, "func", word);
    additions.export(exportNames.count, "func", count);
    if (this.#tree !== undefined) {
      const reset = additions.add({
        name: "wasmscope.reset",
        typeIndex: additions.type([], []),
        body: assembleBody(
          [],
          [
            ["i32.const", this.#tree.root],
            ["global.set", this.#tree.current],
          ],
        ),
      });
      additions.export(exportNames.reset, "func", reset);
    }
    this.#finishDump(word, count);
    this.#addHostThunks();
    return additions.build();
  }

  #finishDump(word: number, count: number): void {
    const { sink = "export", mode, moduleId = "" } = this.#options;
    if (this.#dump === undefined || sink === "export") return;
    const additions = this.#additions;
    const header = `1 ${mode} ${moduleId === "" ? "-" : moduleId}`;
    const made = addDump(additions, this.#sinkImports!, sink, header, { word, count });
    additions.define(this.#dump, {
      name: "wasmscope.dump_now",
      typeIndex: additions.type([], []),
      body: assembleBody([], [["call", made]]),
    });
    additions.export(exportNames.dump, "func", this.#dump);
    if (this.#exit === undefined) return;
    additions.define(this.#exit.wrapper, {
      name: "wasmscope.proc_exit",
      typeIndex: this.#module.functions[this.#exit.imported]!,
      body: assembleBody(
        [],
        [
          ["call", this.#dump],
          ["local.get", 0],
          ["call", this.#exit.imported],
        ],
      ),
    });
  }

  /**
   * Adds a function around each that the host may call: it keeps the tree balanced, and dumps behind
   * `_start`. Which ones they are is known now: bodies have asked for theirs, and the sections follow.
   */
  #addHostThunks(): void {
    const { exports, start, importedFunctions, elementFunctions, expressionFunctions } =
      this.#module;
    const wanted = new Set(this.#hostThunks.keys());
    for (const { kind, index } of exports) {
      if (kind === "func" && (this.#guardsHostCalls() || this.#isStart(index))) wanted.add(index);
    }
    if (this.#guardsHostCalls()) {
      if (start !== undefined) wanted.add(start);
      if (!this.#returns.indirectTailCalls) {
        for (const index of expressionFunctions) wanted.add(index);
        if (hostSharesTables(this.#module)) for (const index of elementFunctions) wanted.add(index);
      }
    }
    for (const index of wanted) {
      if (index >= importedFunctions) this.#defineHostThunk(index);
    }
  }

  #defineHostThunk(index: number): void {
    const around = this.#aroundHostCall(index);
    if (around === undefined) return;
    const reserved = this.#hostThunk(index);
    const target = index + this.#additions.imports.length;
    const name = `wasmscope.entry_${index}`;
    defineThunk(this.#module, this.#additions, { index, reserved, target, around, name });
  }

  #aroundHostCall(index: number): Around | undefined {
    const tree = this.#tree;
    const sync = this.#memory?.guest?.sync;
    const dumps = this.#dump !== undefined && this.#isStart(index);
    if (tree === undefined && sync === undefined && !dumps) return undefined;
    const before = (saved: number): Instruction[] => [
      ...(sync === undefined ? [] : [["call", sync] as const]),
      ...(tree === undefined
        ? []
        : [["global.get", tree.current] as const, ["local.set", saved] as const]),
    ];
    const after = (saved: number): Instruction[] => [
      ...(tree === undefined
        ? []
        : [["local.get", saved] as const, ["global.set", tree.current] as const]),
      ...(dumps ? [["call", this.#dump!] as const] : []),
    ];
    return { ...(tree === undefined ? {} : { locals: [[1, valueType.i32]] }), before, after };
  }
}

/** Joins a mode's changes with the replacing of instructions, as one object for all bodies. */
class Edits implements BodyChanges {
  inner: BodyChanges = {};
  onCopy: BodyChanges["onCopy"];
  readonly #replace: (site: number, sink: Sink) => boolean;

  constructor(replace: (site: number, sink: Sink) => boolean) {
    this.#replace = replace;
  }

  get locals(): BodyChanges["locals"] {
    return this.inner.locals;
  }

  atBlock(block: number, sink: Sink): void {
    this.inner.atBlock?.(block, sink);
  }

  atSite(site: number, sink: Sink): boolean {
    this.inner.atSite?.(site, sink);
    return this.#replace(site, sink);
  }

  get afterSite(): BodyChanges["afterSite"] {
    const { inner } = this;
    return inner.afterSite === undefined ? undefined : inner.afterSite.bind(inner);
  }
}

/**
 * Names the custom sections that speak of code offsets or of relocations, and would lie about the
 * instrumented module. Profiles refer to the original module, which has them.
 */
export function staleCustom(name: string): boolean {
  return (
    name.startsWith(".debug_") ||
    name.startsWith("reloc.") ||
    name.startsWith("metadata.code.") ||
    name === "linking" ||
    name === "sourceMappingURL" ||
    name === "external_debug_info" ||
    name === "build_id"
  );
}
