import { Sink } from "../bytes/index.ts";
import {
  assembleBody,
  decodeModule,
  readCalls,
  placedInBody,
  rewriteModule,
  valueType,
} from "../wasm/index.ts";
import type { FuncType, Module, ModuleAdditions } from "../wasm/index.ts";
import { Additions } from "./additions.ts";
import { batchCalls, findCallerCounts } from "./caller-counts.ts";
import type { CallerCounts } from "./caller-counts.ts";
import { checkIndices } from "./check-indices.ts";
import { addAmount, call, i32Const, localGet } from "./code.ts";
import { GlobalCounters } from "./counters.ts";
import { exportNames } from "./dump.ts";
import { exceptionUse } from "./exception-encoding.ts";
import type { ExceptionEncoding } from "./exception-encoding.ts";
import { FlowGraph, siteKind } from "./flow-graph.ts";
import { staleCustom } from "./stale-custom.ts";
import { Refusal } from "./refusal.ts";
import { analyseReturns, assumeReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";
import { timeChoices } from "./time-choice.ts";
import type { TimeChoice } from "./time-choice.ts";
import { writeBody } from "./write-body.ts";

/** Names of the two functions that a module of mode `time` imports. */
export const timeImports = {
  module: "wasmscope",
  /** enter(funcIndex: i32, word: i32) -> i32 */
  enter: "time_enter",
  /** leave(word: i32) -> i32 */
  leave: "time_leave",
} as const;

/** How a module is prepared for being timed. */
export interface TimeOptions {
  /**
   * Changes the choice for a defined function, by its index in the original module. A function with tail
   * calls is not switched, whatever this says.
   */
  readonly choose?: (funcIndex: number, choice: TimeChoice) => TimeChoice;
  /** Exports the start function as `wasmscope_start`, to be called by the host, in place of a start section. */
  readonly deferStart?: boolean;
  /** Told after each function body. */
  readonly onBody?: (done: number, total: number) => void;
}

/** What the host must know of a function that it may time: how its word is to be read. */
export interface TimedFunction {
  readonly funcIndex: number;
  /**
   * `self`: the function takes one from its word when it starts, and calls `enter` when the word is 0.
   * `callers`: its callers take as many as they will call it, and it calls `enter` when the word is negative.
   */
  readonly countedBy: "self" | "callers";
}

/** A module that calls its host around those calls that the host wants to time. */
export interface TimedModule {
  readonly bytes: Uint8Array;
  /** What is done with each defined function. */
  readonly choices: readonly TimeChoice[];
  /** The defined functions that are switched, by index. */
  readonly switched: ReadonlyMap<number, TimedFunction>;
}

/**
 * Rewrites a module so that its host can time calls, and exact counts are kept of all. Each defined function
 * has a 64-bit word, read through the exports of mode `calls`. A function that is only counted adds one a call.
 * A switched one counts down: at the end of what the host has granted it calls `enter`, is run, and calls
 * `leave`; both are given the word and return the new one. Throws a `DecodeError` or a `Refusal`.
 */
export function instrumentForTime(bytes: Uint8Array, options: TimeOptions = {}): TimedModule {
  return new TimeWriter(decodeModule(bytes), options).run();
}

/** Bytes of an instrumented body that come from the original file. */
export interface TracedPiece {
  /** Offset in the instrumented body. */
  readonly to: number;
  /** Offset in the original file. */
  readonly from: number;
  readonly length: number;
  /** Whether all of it stands for the one instruction at `from`. */
  readonly isInstruction: boolean;
}

/** Traces where the bytes of one instrumented body come from, for `instrumentForTime` with the same options. */
export function traceTimedBody(
  bytes: Uint8Array,
  options: TimeOptions,
  defined: number,
): readonly TracedPiece[] {
  return new TimeWriter(decodeModule(bytes), options).trace(defined);
}

const opcode = {
  block: 0x02,
  if: 0x04,
  end: 0x0b,
  return: 0x0f,
  i64Eqz: 0x50,
  i64Const: 0x42,
  i64LtS: 0x53,
  i32WrapI64: 0xa7,
  i64ExtendI32S: 0xac,
  unreachable: 0x00,
} as const;
const legacy = { try: 0x06, rethrow: 0x09, catchAll: 0x19 } as const;
const exnref = { throwRef: 0x0a, tryTable: 0x1f, catchAllRef: 3, type: 0x69 } as const;
const nothing = 0x40;

class TimeWriter {
  readonly #module: Module;
  readonly #options: TimeOptions;
  readonly #additions: Additions;
  readonly #choices: readonly TimeChoice[];
  readonly #callers: CallerCounts | undefined;
  readonly #encoding: ExceptionEncoding | undefined;
  readonly #returns: Returns;
  readonly #graph: FlowGraph;
  readonly #counters: GlobalCounters;
  /** Defined function -> the function that times a call of it. */
  readonly #timedCalls = new Map<number, number>();
  readonly #enter: number;
  readonly #leave: number;
  /** Whether what is traced next stands for one instruction. */
  #replaced = false;
  #onCopy: ((to: number, from: number, length: number) => void) | undefined;

  constructor(module: Module, options: TimeOptions) {
    checkIndices(module);
    this.#module = module;
    this.#options = options;
    const additions = (this.#additions = new Additions(module));
    const { i32 } = valueType;
    this.#enter = this.#import(timeImports.enter, [i32, i32]);
    this.#leave = this.#import(timeImports.leave, [i32]);
    const { choose = (_, choice) => choice } = options;
    this.#choices = timeChoices(module).map(({ choice, tailCalls }, defined) => {
      const chosen = choose(module.importedFunctions + defined, choice);
      return chosen === "switched" && tailCalls ? "counted" : chosen;
    });
    this.#callers = findCallerCounts(module, readCalls(module));
    const { encoding } = exceptionUse(module);
    this.#encoding = encoding;
    this.#returns =
      encoding === undefined
        ? (this.#callers?.returns ?? assumeReturns(module))
        : analyseReturns(module);
    this.#graph = new FlowGraph(module, this.#returns);
    this.#graph.wantedSites = (1 << siteKind.call) | (1 << siteKind.refFunc);
    this.#counters = new GlobalCounters(additions);
    for (let defined = 0; defined < this.#choices.length; defined++) this.#counters.next();
  }

  run(): TimedModule {
    const { onBody } = this.#options;
    const bytes = rewriteModule(this.#module, {
      imports: this.#additions.imports,
      body: (defined, sink) => {
        this.#body(defined, sink);
        return true;
      },
      additions: () => this.#finish(),
      dropCustom: staleCustom,
      dropStart: this.#options.deferStart === true,
      ...(onBody === undefined ? {} : { onBody }),
    });
    return { bytes, choices: this.#choices, switched: this.#switched() };
  }

  trace(defined: number): TracedPiece[] {
    const pieces: TracedPiece[] = [];
    this.#onCopy = (to, from, length) => {
      pieces.push({ to, from, length, isInstruction: this.#replaced });
      this.#replaced = false;
    };
    this.#body(defined, new Sink());
    return pieces;
  }

  #import(name: string, params: readonly number[]): number {
    const { module } = timeImports;
    const known = this.#module.imports.some(
      (entry) => entry.module === module && entry.name === name,
    );
    if (known) {
      throw new Refusal(`the module imports ${module}.${name} already: is it instrumented?`);
    }
    const typeIndex = this.#additions.type(params, [valueType.i32]);
    return this.#additions.import({ module, name, typeIndex });
  }

  #switched(): Map<number, TimedFunction> {
    const switched = new Map<number, TimedFunction>();
    for (const [defined, choice] of this.#choices.entries()) {
      const funcIndex = this.#module.importedFunctions + defined;
      const countedBy = this.#callers?.functions.has(funcIndex) === true ? "callers" : "self";
      if (choice === "switched") switched.set(funcIndex, { funcIndex, countedBy });
    }
    return switched;
  }

  #body(defined: number, sink: Sink): void {
    try {
      this.#graph.read(defined);
    } catch (error) {
      throw placedInBody(this.#module, defined, error);
    }
    const batches = this.#callers && batchCalls(this.#graph, this.#callers);
    const changes = {
      atBlock: (block: number, to: Sink): void => {
        if (block === 0) this.#start(defined, to);
      },
      atSite: (site: number, to: Sink): boolean => {
        const batch = batches?.get(site);
        if (batch !== undefined) this.#count(batch.callee, batch.calls, to);
        return (this.#replaced = this.#renumber(site, to));
      },
      onCopy: this.#onCopy,
    };
    writeBody(this.#module, defined, this.#graph, changes, sink);
  }

  /** Writes what stands in front of a body: counting, and the calls of the host when they are due. */
  #start(defined: number, sink: Sink): void {
    const index = this.#module.importedFunctions + defined;
    const byCallers = this.#callers?.functions.has(index) === true;
    if (this.#choices[defined] === "switched") this.#timedCall(defined, byCallers, sink);
    if (!byCallers) this.#count(index, 1, sink);
  }

  /** Counts calls of a function: up, or down where the host grants calls. */
  #count(index: number, calls: number, sink: Sink): void {
    const defined = index - this.#module.importedFunctions;
    const choice = this.#choices[defined];
    if (choice === "none") return;
    this.#counters.push(sink, defined);
    addAmount(sink, choice === "switched" ? -calls : calls);
    this.#counters.pop(sink, defined);
  }

  /**
   * The timed call is one of the function itself, which the new word lets pass: so every way out of the body,
   * a branch to its label among them, comes back to one place, and the body stays as it is. It stands in a
   * function of its own: calls in the body, never made, would cost small functions a tenth of their time.
   */
  #timedCall(defined: number, byCallers: boolean, sink: Sink): void {
    this.#counters.push(sink, defined);
    if (byCallers) sink.bytes(Uint8Array.of(opcode.i64Const, 0, opcode.i64LtS));
    else sink.byte(opcode.i64Eqz);
    sink.bytes(Uint8Array.of(opcode.if, nothing));
    this.#parameters(defined, sink);
    call(sink, this.#timedCalls.get(defined) ?? this.#reserve(defined));
    sink.bytes(Uint8Array.of(opcode.return, opcode.end));
  }

  #reserve(defined: number): number {
    const index = this.#additions.reserve();
    this.#timedCalls.set(defined, index);
    return index;
  }

  #defineTimedCall(defined: number, reserved: number): void {
    const { importedFunctions, functions } = this.#module;
    const index = importedFunctions + defined;
    const sink = new Sink(64);
    sink.u32(0);
    i32Const(sink, index);
    this.#exchange(defined, this.#enter, sink);
    const encoding = this.#returns.mayLeave[index] === 1 ? this.#encoding : undefined;
    const leave = (): void => this.#exchange(defined, this.#leave, sink);
    this.#openHandler(encoding, sink);
    this.#parameters(defined, sink);
    call(sink, index + this.#additions.imports.length);
    leave();
    sink.byte(opcode.return);
    closeHandler(encoding, leave, sink);
    sink.byte(opcode.end);
    this.#additions.define(reserved, {
      name: `wasmscope.timed_${index}`,
      typeIndex: functions[index]!,
      body: sink.take(),
    });
  }

  #parameters(defined: number, sink: Sink): void {
    const { importedFunctions, functions, types } = this.#module;
    const { paramCount } = types[functions[importedFunctions + defined]!] as FuncType;
    for (let local = 0; local < paramCount; local++) localGet(sink, local);
  }

  /** Calls the host with the function's word, and stores the word that it returns. */
  #exchange(defined: number, host: number, sink: Sink): void {
    this.#counters.push(sink, defined);
    sink.byte(opcode.i32WrapI64);
    call(sink, host);
    sink.byte(opcode.i64ExtendI32S);
    this.#counters.pop(sink, defined);
  }

  #openHandler(encoding: ExceptionEncoding | undefined, sink: Sink): void {
    if (encoding === "legacy") sink.bytes(Uint8Array.of(legacy.try, nothing));
    if (encoding === "exnref") {
      sink.bytes(Uint8Array.of(opcode.block, exnref.type, exnref.tryTable, nothing));
      sink.bytes(Uint8Array.of(1, exnref.catchAllRef, 0));
    }
  }

  /** Writes a `call`, `return_call` or `ref.func` with the function's new index. */
  #renumber(site: number, sink: Sink): boolean {
    const { siteKind: kinds, siteStart, siteArgument } = this.#graph;
    if (kinds[site] !== siteKind.call && kinds[site] !== siteKind.refFunc) return false;
    const index = siteArgument[site]!;
    if (index < this.#module.importedFunctions) return false;
    sink.byte(this.#module.bytes[siteStart[site]!]!);
    sink.u32(index + this.#additions.imports.length);
    return true;
  }

  #finish(): ModuleAdditions {
    const additions = this.#additions;
    const { i32 } = valueType;
    for (const [defined, reserved] of this.#timedCalls) this.#defineTimedCall(defined, reserved);
    const word = this.#counters.reader(additions);
    const count = additions.add({
      name: "wasmscope.count",
      typeIndex: additions.type([], [i32]),
      body: assembleBody([], [["i32.const", this.#choices.length]]),
    });
    additions.export(exportNames.word, "func", word);
    additions.export(exportNames.count, "func", count);
    const { start, importedFunctions } = this.#module;
    if (start !== undefined && this.#options.deferStart === true) {
      const moved = start < importedFunctions ? start : start + additions.imports.length;
      additions.export(exportNames.start, "func", moved);
    }
    return additions.build();
  }
}

/** Ends what `#openHandler` opened, behind an instruction that does not go on. */
function closeHandler(
  encoding: ExceptionEncoding | undefined,
  leave: () => void,
  sink: Sink,
): void {
  if (encoding === "legacy") {
    sink.byte(legacy.catchAll);
    leave();
    sink.bytes(Uint8Array.of(legacy.rethrow, 0, opcode.end, opcode.unreachable));
  }
  if (encoding === "exnref") {
    sink.bytes(Uint8Array.of(opcode.end, opcode.unreachable, opcode.end));
    leave();
    sink.byte(exnref.throwRef);
  }
}
