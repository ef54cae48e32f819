import { Sink } from "../bytes/index.ts";
import {
  assembleBody,
  decodeModule,
  placedInBody,
  readCalls,
  readLocals,
  rewriteModule,
} from "../wasm/index.ts";
import type { FuncType, Module } from "../wasm/index.ts";
import { Additions } from "./additions.ts";
import { BlockCounter } from "./block-counts.ts";
import { TreeBooker } from "./book-on-tree.ts";
import { addCallTree, treePages } from "./call-tree.ts";
import type { CallTree } from "./call-tree.ts";
import { batchCalls, countBatch, findCallerCounts } from "./caller-counts.ts";
import type { CallerCounts } from "./caller-counts.ts";
import { checkIndices } from "./check-indices.ts";
import { CounterPlan } from "./counter-plan.ts";
import { GlobalCounters, MemoryCounters, mostCounterGlobals } from "./counters.ts";
import type { Counters } from "./counters.ts";
import { exportNames } from "./dump.ts";
import type { DumpSink } from "./dump.ts";
import { DumpAtEnd } from "./dump-at-end.ts";
import { FlowGraph, siteKind } from "./flow-graph.ts";
import { rehearsalModule } from "./rehearsal.ts";
import { Redirects } from "./redirects.ts";
import { countsBlocks, countsTree } from "./modes.ts";
import type { ExactMode } from "./modes.ts";
import { regionMemory, secondMemory } from "./region.ts";
import type { OwnMemory } from "./region.ts";
import { Refusal } from "./refusal.ts";
import { analyseReturns, assumeReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";
import { readerOfBoth, readerOfCounters } from "./word-readers.ts";
import type { WordReader } from "./word-readers.ts";
import { staleCustom } from "./stale-custom.ts";
import { writeBody } from "./write-body.ts";
import type { BodyChanges } from "./write-body.ts";

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
  /**
   * Allows a region in a module whose host is not WASI and sees its memory: the host reads buffer and size
   * anew after each call, and takes what `memory.grow` returns for the place of the new pages.
   */
  readonly trustHost?: boolean;
  /**
   * Exports the start function as `wasmscope_start`, to be called by the host, in place of a start section:
   * if it traps or exits, there is an instance all the same whose counts can be read.
   */
  readonly deferStart?: boolean;
  /** Writes the raw profile behind this export, too: one that is called in place of `_start`. With a sink. */
  readonly dumpAfter?: string;
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

/**
 * Rewrites a core module so that it counts what it executes. Throws a `DecodeError` for malformed input
 * and a `Refusal` where the module cannot be instrumented as asked.
 *
 * @example
 * const { bytes } = instrument(readFileSync("app.wasm"), { mode: "blocks", sink: "stderr" });
 */
export function instrument(bytes: Uint8Array, options: InstrumentOptions): Instrumented {
  const module = decodeModule(bytes);
  // Not before the decoding: V8 forgets what it has seen when a garbage collection finds no such object.
  if (bytes.length >= largeModule) rehearse(options);
  return Instrumenter.with(module, options, (made) => made.run());
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
  return Instrumenter.with(decodeModule(bytes), options, (made) => made.trace(defined));
}

/** Modules from this size on are worth a rehearsal. In bytes. */
const largeModule = 2_000_000;

const rehearsed = new Set<ExactMode>();

function rehearse(options: InstrumentOptions): void {
  if (rehearsed.has(options.mode)) return;
  rehearsed.add(options.mode);
  const bytes = rehearsalModule();
  for (let round = 0; round < 2; round++) {
    Instrumenter.with(decodeModule(bytes), { ...options, onBody: () => {} }, (made) => made.run());
  }
}

/** Says that a module has more blocks than engines allow globals: counters must go to memory. */
const tooManyCounters = Symbol("too many counters");

class Instrumenter {
  readonly #module: Module;
  readonly #options: InstrumentOptions;
  readonly #additions: Additions;
  readonly #graph: FlowGraph;
  readonly #plan = new CounterPlan();
  readonly #callerCounts: CallerCounts | undefined;
  readonly #dump: DumpAtEnd | undefined;
  readonly #memory: OwnMemory | undefined;
  readonly #tree: CallTree | undefined;
  readonly #redirects: Redirects;
  readonly #returns: Returns;
  /** What is written into bodies: the mode's own changes, and other functions in place of some. */
  readonly #edits: Edits;
  #counters: Counters | undefined;
  #blockCounter: BlockCounter | undefined;
  #treeBooker: TreeBooker | undefined;

  constructor(module: Module, options: InstrumentOptions, wordsInMemory = 0) {
    checkIndices(module);
    this.#module = module;
    this.#options = options;
    const { mode, sink = "export", memory = "region", mostNodes = defaultMostNodes } = options;
    const additions = (this.#additions = new Additions(module));
    // A call is counted when it starts: how it ends does not matter, but where callers count.
    const calls = readCalls(module);
    this.#callerCounts = mode === "calls" ? findCallerCounts(module, calls) : undefined;
    this.#returns =
      this.#callerCounts?.returns ??
      (mode === "calls" ? assumeReturns(module) : analyseReturns(module, calls));
    this.#graph = new FlowGraph(module, this.#returns);
    if (sink !== "export") {
      this.#dump = new DumpAtEnd(module, additions, sink, options.dumpAfter);
    }
    const makeMemory = (pages: number): OwnMemory =>
      memory === "second"
        ? secondMemory(module, additions, pages)
        : regionMemory(module, additions, pages, options.trustHost === true);
    if (countsTree(mode)) {
      this.#memory = makeMemory(treePages);
      this.#tree = addCallTree(additions, this.#memory, mostNodes);
    } else if (wordsInMemory > 0) {
      this.#memory = makeMemory(Math.ceil((wordsInMemory * 8) / 65536));
    }
    const [tree, dump, returns] = [this.#tree, this.#dump, this.#returns];
    this.#redirects = new Redirects(module, additions, {
      returns,
      tree,
      memory: this.#memory,
      dump,
    });
    this.#edits = new Edits((site, to) => this.#replaceSite(site, to));
    this.#graph.wantedSites = this.#wantedSites();
  }

  /** Works with counters in globals, and again with counters in memory where there are too many. */
  static with<T>(
    module: Module,
    options: InstrumentOptions,
    work: (instrumenter: Instrumenter) => T,
  ): T {
    const first = new Instrumenter(module, options);
    if (!first.#needsManyCounters()) {
      try {
        return work(first);
      } catch (error) {
        if (error !== tooManyCounters) throw error;
      }
    }
    const words = first.#countWords();
    if (words <= mostCounterGlobals) return work(first);
    if (first.#tree !== undefined) {
      throw new Refusal(
        `${words} blocks need a counter beside the tree, engines allow ${mostCounterGlobals}: use mode tree or blocks`,
      );
    }
    return work(new Instrumenter(module, options, words));
  }

  /** Guesses whether it is worth while to count the counters first: compilers make one in 20 to 40 bytes. */
  #needsManyCounters(): boolean {
    const { start, end } = this.#module.bodies;
    const last = start.length - 1;
    if (!countsBlocks(this.#options.mode) || last < 0) return false;
    return end[last]! - start[0]! > 25 * mostCounterGlobals;
  }

  /** Sites at which nothing can change are not looked at: they would cut the copying into small pieces. */
  #wantedSites(): number {
    if (this.#tree !== undefined) return ~0;
    const calls = (1 << siteKind.call) | (1 << siteKind.refFunc);
    return (
      (this.#redirects.changeCalls ? calls : 0) |
      // A reference to `_start` must be declared where its export stands for another function.
      (this.#dump === undefined ? 0 : 1 << siteKind.refFunc) |
      (this.#memory?.guest ? (1 << siteKind.memoryGrow) | (1 << siteKind.memorySize) : 0) |
      (this.#options.mode === "calls" ? 0 : 1 << siteKind.loop)
    );
  }

  run(): Instrumented {
    const { onBody } = this.#options;
    const bytes = rewriteModule(this.#module, {
      imports: this.#additions.imports,
      body: (defined, sink) => {
        this.#body(defined, sink);
        return true;
      },
      additions: () => this.#finish(),
      redirect: (reference) => this.#redirects.outside(reference),
      dropCustom: staleCustom,
      dropStart: this.#options.deferStart === true,
      ...(onBody === undefined ? {} : { onBody }),
    });
    return { bytes, notes: this.#notes() };
  }

  #notes(): string[] {
    if (!(this.#counters instanceof MemoryCounters)) return [];
    return [
      `${this.#counters.count} counters are more than engines allow globals: they are in memory.`,
    ];
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

  #countWords(): number {
    let words = 0;
    for (let defined = 0; defined < this.#module.bodies.start.length; defined++) {
      this.#read(defined);
      words += this.#plan.countedTotal;
    }
    return words;
  }

  #read(defined: number): void {
    try {
      this.#graph.read(defined);
      this.#plan.make(this.#graph, this.#options.mode !== "blocks");
    } catch (error) {
      throw placedInBody(this.#module, defined, error);
    }
  }

  #body(defined: number, sink: Sink): void {
    const { importedFunctions, functions, types } = this.#module;
    const index = importedFunctions + defined;
    if (this.#graph.wantedSites === 0 && this.#callerCounts?.callers.has(index) !== true) {
      this.#countCallOnly(defined, sink);
      return;
    }
    const wanted = this.#graph.wantedSites;
    if (this.#callerCounts !== undefined) this.#graph.wantedSites |= 1 << siteKind.call;
    this.#read(defined);
    this.#graph.wantedSites = wanted;
    const type = types[functions[index]!] as FuncType | undefined;
    const firstLocal = (type?.paramCount ?? 0) + this.#graph.localCount;
    this.#edits.inner = this.#changesOf(index, firstLocal);
    writeBody(this.#module, defined, this.#graph, this.#edits, sink);
    const counters = this.#counters;
    if (counters instanceof GlobalCounters && counters.count > mostCounterGlobals) {
      throw tooManyCounters;
    }
  }

  /** Puts a counter in front of a body that is otherwise copied; its instructions were checked before. */
  #countCallOnly(defined: number, sink: Sink): void {
    const { bytes, bodies, importedFunctions } = this.#module;
    const end = bodies.end[defined]!;
    const { codeStart } = readLocals(bytes, bodies.start[defined]!, end);
    sink.bytes(bytes, bodies.start[defined], codeStart);
    const counters = this.#words();
    const word = counters.next();
    if (this.#countsOnEntry(importedFunctions + defined)) counters.add(sink, word, 1);
    this.#edits.onCopy?.(sink.length, codeStart, end - codeStart);
    sink.bytes(bytes, codeStart, end);
  }

  #countsOnEntry(index: number): boolean {
    return this.#callerCounts?.functions.has(index) !== true;
  }

  #changesOf(index: number, firstLocal: number): BodyChanges {
    const { importedFunctions } = this.#module;
    if (this.#tree !== undefined) {
      // Behind WASI's functions the current node is certainly unchanged: they run no guest code.
      this.#treeBooker ??= new TreeBooker(
        this.#graph,
        this.#plan,
        this.#tree,
        (callee) => callee < importedFunctions && this.#returns.mayLeave[callee] === 0,
      );
      this.#treeBooker.prepare(index, firstLocal);
      return this.#options.mode === "tree"
        ? this.#treeBooker
        : this.#alsoBlocks(this.#treeBooker, firstLocal);
    }
    if (this.#options.mode === "calls") return this.#countCalls(index, this.#words());
    return this.#countBlocks(firstLocal);
  }

  #countBlocks(firstLocal: number): BlockCounter {
    const perBlock = countsBlocks(this.#options.mode);
    this.#blockCounter ??= new BlockCounter(this.#graph, this.#plan, this.#words(), perBlock);
    this.#blockCounter.prepare(firstLocal);
    return this.#blockCounter;
  }

  #alsoBlocks(onTree: TreeBooker, firstLocal: number): BodyChanges {
    const { locals } = onTree;
    const taken = locals.reduce((sum, [count]) => sum + count, 0);
    const blocks = this.#countBlocks(firstLocal + taken);
    return {
      locals: [...locals, ...blocks.locals],
      atBlock: (block, sink) => {
        onTree.atBlock(block, sink);
        if (blocks.blocks[block] === 1) blocks.atBlock(block, sink);
      },
      atSite: (site, sink) => {
        blocks.atSite(site, sink);
        return onTree.atSite(site, sink);
      },
      afterSite: (site, sink) => onTree.afterSite(site, sink),
    };
  }

  #countCalls(index: number, counters: Counters): BodyChanges {
    const { importedFunctions } = this.#module;
    const word = counters.next();
    const batches =
      this.#callerCounts === undefined ? undefined : batchCalls(this.#graph, this.#callerCounts);
    return {
      atBlock: (block, sink) => {
        if (block === 0 && this.#countsOnEntry(index)) counters.add(sink, word, 1);
      },
      atSite: (site, sink) => {
        countBatch(batches?.get(site), counters, importedFunctions, sink);
        return false;
      },
    };
  }

  #words(): Counters {
    return (this.#counters ??=
      this.#memory === undefined || this.#tree !== undefined
        ? new GlobalCounters(this.#additions)
        : new MemoryCounters(this.#memory));
  }

  /** Writes another instruction in place of one that names a function or asks for the memory's size. */
  #replaceSite(site: number, sink: Sink): boolean {
    const { siteKind: kinds, siteStart, siteArgument } = this.#graph;
    const guest = this.#memory?.guest;
    const index = siteArgument[site]!;
    switch (kinds[site]!) {
      case siteKind.call: {
        const target = this.#redirects.called(index);
        if (target === index) return false;
        sink.byte(this.#module.bytes[siteStart[site]!]!);
        sink.u32(target);
        return true;
      }
      case siteKind.refFunc: {
        const target = this.#redirects.referenced(index);
        if (target !== index || this.#redirects.movesExport(index)) this.#additions.declare(target);
        if (target === index) return false;
        sink.byte(0xd2);
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

  /** Adds what depends on the number of counters, and the functions around what the host calls. */
  #finish(): ReturnType<Additions["build"]> {
    const additions = this.#additions;
    const functions = this.#reader();
    additions.export(exportNames.word, "func", functions.word);
    additions.export(exportNames.count, "func", functions.count);
    if (this.#tree !== undefined) this.#addReset(this.#tree);
    const { mode, moduleId = "" } = this.#options;
    this.#dump?.finish(`1 ${mode} ${moduleId === "" ? "-" : moduleId}`, functions);
    const { start } = this.#module;
    if (this.#options.deferStart === true && start !== undefined) {
      const index = this.#redirects.outside({ index: start, place: "start" });
      additions.export(exportNames.start, "func", index);
    }
    this.#redirects.finish();
    return additions.build();
  }

  /** Makes the functions that give the raw profile's words. */
  #reader(): WordReader {
    const tree = this.#tree;
    if (tree === undefined) return readerOfCounters(this.#additions, this.#words());
    if (this.#options.mode === "tree") return tree;
    return readerOfBoth(this.#additions, this.#words(), tree);
  }

  #addReset({ root, current }: CallTree): void {
    const reset = this.#additions.add({
      name: "wasmscope.reset",
      typeIndex: this.#additions.type([], []),
      body: assembleBody(
        [],
        [
          ["i32.const", root],
          ["global.set", current],
        ],
      ),
    });
    this.#additions.export(exportNames.reset, "func", reset);
    this.#additions.export(exportNames.current, "global", current);
  }
}

/** Joins a mode's changes with the replacing of instructions, as one object for all bodies. */
class Edits implements BodyChanges {
  onCopy: BodyChanges["onCopy"];
  afterSite: BodyChanges["afterSite"];
  readonly #replace: (site: number, sink: Sink) => boolean;
  #inner: BodyChanges = {};

  constructor(replace: (site: number, sink: Sink) => boolean) {
    this.#replace = replace;
  }

  /** Sets the mode's changes: for most modes one object serves all bodies. */
  set inner(changes: BodyChanges) {
    if (changes === this.#inner) return;
    this.#inner = changes;
    this.afterSite = changes.afterSite?.bind(changes);
  }

  get locals(): BodyChanges["locals"] {
    return this.#inner.locals;
  }

  get blocks(): BodyChanges["blocks"] {
    return this.#inner.blocks;
  }

  atBlock(block: number, sink: Sink): void {
    this.#inner.atBlock?.(block, sink);
  }

  atSite(site: number, sink: Sink): boolean {
    this.#inner.atSite?.(site, sink);
    return this.#replace(site, sink);
  }
}
