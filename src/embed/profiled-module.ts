import { toProfile } from "../collect/exact/to-profile.ts";
import { lineProfile } from "../collect/sources/line-profile.ts";
import {
  countsBlocks,
  countsTree,
  exportNames,
  readCounts,
  Refusal,
  treeNodeNumber,
  wordsBeforeTree,
} from "../instrument/index.ts";
import type { ContextTree, ExactCounts, Words } from "../instrument/index.ts";
import type { Profile } from "../profile/index.ts";
import { openDebugInfo } from "../symbols/index.ts";
import type { DebugFiles } from "../symbols/index.ts";
import { readNames } from "../wasm/index.ts";
import { HostCalls, isJavaScriptCallable } from "./host-calls.ts";
import { sha256 } from "./sha256.ts";
import { isTrap, lostActivations, moduleFrames } from "./traps.ts";
import type { StackFrame } from "./traps.ts";
import type { EmbedMode, Twin } from "./twin.ts";

/** An instance of a module in its host, and what it has executed. */
export interface ProfiledModule {
  /** The instance, whose exports do not show what was added. */
  readonly instance: WebAssembly.Instance;
  /** The instrumented module. */
  readonly module: WebAssembly.Module;
  readonly mode: EmbedMode;
  /** What was chosen and why, one sentence each. */
  readonly notes: readonly string[];
  /**
   * Makes a profile of all that was executed since the start, or since `reset`. Right also after traps and
   * exceptions; while the module runs (in a host function), what runs is counted in part.
   */
  readonly profile: () => Profile;
  /**
   * Makes a profile by source line of the same, in modes that count blocks: functions that were inlined are frames,
   * too. Undefined where there is no debug data. (`linesOnTree` of `wasmscope/profile` puts the lines on a tree.)
   */
  readonly lines: (files?: DebugFiles) => Profile | undefined;
  /** Counts from now on. To be called while the module does not run. */
  readonly reset: () => void;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** Words of a tree's node in the raw profile, behind one word for the current node. */
const [treeHeader, nodeWords] = [1, 3];
/** More traps than these are not kept: their stacks may be long. */
const mostTraps = 1000;

/** The engine's own function behind each guarded export. */
const engineFunctions = new WeakMap<object, object>();

/** Gives the engine's own function behind an export, where only that will do, and everything else as it is. */
export function engineFunction<T>(value: T): T {
  return typeof value === "function"
    ? ((engineFunctions.get(value) as T | undefined) ?? value)
    : value;
}

/** Binds an instance to what is known of its module. */
export class Attachment implements ProfiledModule {
  readonly module: WebAssembly.Module;
  readonly #twin: Twin;
  readonly #hostCalls: HostCalls;
  #instance: WebAssembly.Instance | undefined;
  #exports: WebAssembly.Exports = {};
  /** The tree's current node, where there is a tree. */
  #current: WebAssembly.Global<"i32"> | undefined;
  #stacks: (readonly StackFrame[])[] = [];
  readonly #seen = new WeakSet<object>();
  #traps = 0;
  /** Guarded calls that run. */
  #depth = 0;
  #before: Words | undefined;
  #hash: string | undefined;

  constructor(twin: Twin, module: WebAssembly.Module) {
    this.#twin = twin;
    this.module = module;
    this.#hostCalls = new HostCalls(twin.original);
  }

  get instance(): WebAssembly.Instance {
    return this.#instance!;
  }

  get mode(): EmbedMode {
    return this.#twin.mode;
  }

  get notes(): readonly string[] {
    return this.#twin.notes;
  }

  /** Makes imports that count calls of the host. */
  imports(imports: WebAssembly.Imports | undefined): WebAssembly.Imports | undefined {
    return this.#hostCalls.wrapImports(imports);
  }

  /** Takes an instance that was made with these imports, and does what its start section would have done. */
  attach(instance: WebAssembly.Instance): void {
    this.#instance = instance;
    this.#exports = instance.exports;
    const current = this.#exports[exportNames.current];
    if (current instanceof WebAssembly.Global) {
      this.#current = current as WebAssembly.Global<"i32">;
      this.#hostCalls.askPlace(() => treeNodeNumber(current.value as number));
    }
    const { exports } = this.#twin.original;
    const shown = Object.create(null) as Record<string, WebAssembly.ExportValue>;
    for (const { name, kind, index } of exports) {
      const value = this.#exports[name]!;
      const guarded = kind === "func" && isJavaScriptCallable(this.#twin.original, index);
      shown[name] = guarded ? this.#guard(value as AnyFunction) : value;
    }
    // The instance stays one of the engine's, which glue checks; only its exports are others.
    Object.defineProperty(instance, "exports", {
      value: Object.freeze(shown),
      enumerable: true,
      configurable: true,
    });
    const start = this.#exports[exportNames.start];
    if (typeof start === "function") this.#guard(start as AnyFunction)();
  }

  profile(): Profile {
    const { original, mode, frameOf, notes } = this.#twin;
    const words = this.#wordsSince(this.#words());
    const stacks = lostActivations(this.#twin, this.#stacks);
    // Each trap has a way of its own through the tree; elsewhere only functions matter.
    const counts = readCounts(original.bytes, mode, words, stacks.flat(), stacks);
    const { importedFunctions } = original;
    return toProfile(
      this.#withHostCalls(counts),
      this.#description(),
      (funcIndex) =>
        funcIndex < importedFunctions ? { ...frameOf(funcIndex), host: true } : frameOf(funcIndex),
      [...notes, ...this.#runNotes()],
    );
  }

  lines(files: DebugFiles = {}): Profile | undefined {
    const { original, mode, frameOf } = this.#twin;
    if (!countsBlocks(mode)) throw new Refusal(`mode ${mode} counts no blocks, which lines need`);
    const debug = openDebugInfo(original, files);
    return debug && lineProfile(original.bytes, this.profile(), debug, frameOf);
  }

  reset(): void {
    this.#before = this.#words();
    this.#stacks = [];
    this.#traps = 0;
    this.#hostCalls.clear();
  }

  /** Wraps an export: after an exception or a trap on its way out, what the module counts is put in order. */
  #guard(inner: AnyFunction): AnyFunction {
    const guarded: AnyFunction = (...args) => {
      const current = this.#current?.value;
      const limit = Error.stackTraceLimit;
      // The whole stack of a trap is needed, which may be deep.
      Error.stackTraceLimit = Infinity;
      this.#depth++;
      try {
        return inner(...args);
      } catch (error) {
        if (this.#current !== undefined) this.#current.value = current!;
        this.#noteTrap(error);
        throw error;
      } finally {
        this.#depth--;
        Error.stackTraceLimit = limit;
      }
    };
    engineFunctions.set(guarded, inner);
    return Object.defineProperties(guarded, {
      name: { value: inner.name },
      length: { value: inner.length },
    });
  }

  #noteTrap(error: unknown): void {
    // A trap that goes through several guards is one.
    if (!isTrap(error) || this.#seen.has(error)) return;
    this.#seen.add(error);
    this.#traps++;
    if (this.#stacks.length < mostTraps) this.#stacks.push(moduleFrames(error.stack ?? ""));
  }

  #words(): Words {
    const count = (this.#exports[exportNames.count] as () => number)();
    const word = this.#exports[exportNames.word] as (at: number) => bigint;
    return Float64Array.from({ length: count }, (_, at) => Number(word(at)));
  }

  #wordsSince(words: Words): Words {
    const before = this.#before ?? new Float64Array();
    const { original, mode } = this.#twin;
    const tree = countsTree(mode) ? wordsBeforeTree(original.bytes, mode, words) : words.length;
    // Nodes stay where they are; the first word of each says what it is, and is no count.
    const isCount = (at: number): boolean =>
      at < tree || (at >= tree + treeHeader && (at - tree - treeHeader) % nodeWords !== 0);
    return words.map((word, at) => (isCount(at) ? word - (before[at] ?? 0) : word));
  }

  #withHostCalls(counts: ExactCounts): ExactCounts {
    const calls = this.#hostCalls.counts;
    if (counts.tree !== undefined) return { ...counts, tree: withHostNodes(counts.tree, calls) };
    // Mode `insns` has no column for calls.
    if (counts.mode === "insns") return counts;
    const instructions = counts.mode === "calls" ? undefined : 0;
    const rows = calls.flatMap((byPlace, funcIndex) => {
      const sum = [...byPlace.values()].reduce((total, count) => total + count, 0);
      return sum === 0 ? [] : [{ funcIndex, calls: sum, instructions }];
    });
    return { ...counts, functions: [...rows, ...counts.functions] };
  }

  #description(): Profile["module"] {
    const { original, name } = this.#twin;
    this.#hash ??= sha256(original.bytes);
    return { name: name ?? readNames(original).module ?? "", sha256: this.#hash };
  }

  #runNotes(): string[] {
    return [
      ...(this.#depth === 0
        ? []
        : ["The module was running: the functions that ran are counted in part."]),
      ...(this.#traps <= mostTraps
        ? []
        : [`Of ${this.#traps} traps ${mostTraps} are accounted for exactly.`]),
      ...(this.#stacks.every((frames) => frames.length > 0)
        ? []
        : [
            "This engine does not say where traps happened: functions that a trap ended are counted to the end of their blocks.",
          ]),
    ];
  }
}

/** Adds the host's functions to a tree, below those that called them. */
function withHostNodes(tree: ContextTree, calls: readonly Map<number, number>[]): ContextTree {
  const rows = calls.flatMap((byPlace, funcIndex) =>
    [...byPlace].map(([place, count]) => ({ place, funcIndex, count })),
  );
  return {
    ...tree,
    parents: Int32Array.from([...tree.parents, ...rows.map(({ place }) => place)]),
    functions: Int32Array.from([...tree.functions, ...rows.map(({ funcIndex }) => funcIndex)]),
    calls: Float64Array.from([...tree.calls, ...rows.map(({ count }) => count)]),
    instructions: Float64Array.from([...tree.instructions, ...rows.map(() => 0)]),
  };
}
