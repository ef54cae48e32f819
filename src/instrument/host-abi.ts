import { DecodeError } from "../bytes/index.ts";
import type { Sink } from "../bytes/index.ts";
import { decodeModule, emptyBlock, placedInBody, rewriteModule, valueType } from "../wasm/index.ts";
import type { FuncType, Module, NewImport } from "../wasm/index.ts";
import { call, i32Const } from "./code.ts";
import { exceptionUse } from "./exception-encoding.ts";
import type { ExceptionUse } from "./exception-encoding.ts";
import { FlowGraph, siteKind } from "./flow-graph.ts";
import { FuncTypes } from "./func-types.ts";
import { staleCustom } from "./stale-custom.ts";
import type { Instrumented } from "./instrument.ts";
import { Refusal } from "./refusal.ts";
import { analyseReturns, assumeReturns } from "./returns.ts";
import type { Returns } from "./returns.ts";
import { writeBody } from "./write-body.ts";

/** Names of the two imports, and of the module that they are looked up in unless another is asked for. */
export const hostAbi = {
  importModule: "wasmscope",
  start: "perf_start",
  end: "perf_end",
} as const;

/** How a module is made to tell its host of every call. */
export interface HostAbiOptions {
  /** The module name of the two imports; the default is `wasmscope`. */
  readonly importModule?: string;
  /** Says which defined functions report, by their index in the original module; the default is all. */
  readonly functions?: (funcIndex: number) => boolean;
  /** Told after each function body. */
  readonly onBody?: (done: number, total: number) => void;
}

/**
 * Rewrites a core module so that it calls `perf_start(funcIndex: i32)` when a function is entered and
 * `perf_end()` on every way out of it that is no trap. Indices are those of the original module. Throws a
 * `DecodeError` for malformed input and a `Refusal` for a module that has the imports already.
 *
 * @example
 * const { bytes } = instrumentForHost(readFileSync("app.wasm"));
 */
export function instrumentForHost(bytes: Uint8Array, options: HostAbiOptions = {}): Instrumented {
  return new HostAbiWriter(decodeModule(bytes), options).run();
}

const opcode = { block: 0x02, end: 0x0b, br: 0x0c, return: 0x0f } as const;
const legacy = { try: 0x06, rethrow: 0x09, catchAll: 0x19 } as const;
const exnref = { throwRef: 0x0a, tryTable: 0x1f, catchAllRef: 3, type: 0x69 } as const;

class HostAbiWriter {
  readonly #module: Module;
  readonly #options: HostAbiOptions;
  readonly #types: FuncTypes;
  readonly #imports: readonly NewImport[];
  readonly #exceptions: ExceptionUse;
  readonly #returns: Returns;
  readonly #graph: FlowGraph;
  /** Indices of the two imports. */
  readonly #start: number;
  readonly #end: number;

  constructor(module: Module, options: HostAbiOptions) {
    const { importModule = hostAbi.importModule } = options;
    this.#module = module;
    this.#options = options;
    this.#types = new FuncTypes(module);
    this.#start = module.importedFunctions;
    this.#end = module.importedFunctions + 1;
    this.#imports = [
      { name: hostAbi.start, typeIndex: this.#types.append(1, Uint8Array.of(valueType.i32)) },
      { name: hostAbi.end, typeIndex: this.#types.append(0, new Uint8Array(0)) },
    ].map((entry) => ({ module: importModule, ...entry }));
    refuseSecondTime(module, importModule);
    this.#exceptions = exceptionUse(module);
    this.#returns =
      this.#exceptions.encoding === undefined ? assumeReturns(module) : analyseReturns(module);
    this.#graph = new FlowGraph(module, this.#returns);
  }

  run(): Instrumented {
    const { onBody } = this.#options;
    const bytes = rewriteModule(this.#module, {
      imports: this.#imports,
      body: (defined, sink) => {
        this.#body(defined, sink);
        return true;
      },
      additions: () => ({ types: this.#types.appended }),
      dropCustom: staleCustom,
      ...(onBody === undefined ? {} : { onBody }),
    });
    return { bytes, notes: this.#notes() };
  }

  #notes(): string[] {
    const { encoding, throws } = this.#exceptions;
    const host = this.#module.imports.some(
      (entry) => entry.kind === "func" && !entry.module.startsWith("wasi_"),
    );
    if (encoding !== undefined || !(throws || host)) return [];
    return [
      "The module catches no exceptions itself: activations that an exception ends, one of its own or one " +
        "that a host function throws, call no perf_end; the host must end them when it catches the exception.",
    ];
  }

  #body(defined: number, sink: Sink): void {
    const index = this.#module.importedFunctions + defined;
    const reports = this.#options.functions?.(index) ?? true;
    try {
      this.#graph.read(defined);
      if (reports) this.#reportingBody(defined, index, sink);
      else writeBody(this.#module, defined, this.#graph, { atSite: this.#renumber }, sink);
    } catch (error) {
      throw placedInBody(this.#module, defined, error);
    }
  }

  /**
   * The original body stands in a block with the function's results, in place of the function's own block:
   * so labels stay what they are, and all ways out of the body but tail calls lead to the end of that block.
   */
  #reportingBody(defined: number, index: number, sink: Sink): void {
    const type = this.#typeOf(defined, index);
    const around = this.#mayThrow(index) ? this.#exceptions.encoding : undefined;
    const changes = {
      atBlock: (block: number, to: Sink): void => {
        if (block !== 0) return;
        i32Const(to, index);
        call(to, this.#start);
        this.#open(around, type, to);
      },
      atSite: (site: number, to: Sink): boolean => this.#reportingSite(site, to),
    };
    writeBody(this.#module, defined, this.#graph, changes, sink);
    this.#close(around, sink);
  }

  #open(around: ExceptionUse["encoding"], type: FuncType, sink: Sink): void {
    switch (around) {
      case undefined:
        sink.byte(opcode.block);
        this.#blockType(type, sink);
        break;
      case "legacy":
        sink.byte(legacy.try);
        this.#blockType(type, sink);
        break;
      case "exnref":
        sink.bytes(Uint8Array.of(opcode.block, exnref.type, exnref.tryTable));
        this.#blockType(type, sink);
        sink.bytes(Uint8Array.of(1, exnref.catchAllRef, 0));
        break;
    }
  }

  /** Writes what stands behind the body, whose final `end` was copied. */
  #close(around: ExceptionUse["encoding"], sink: Sink): void {
    switch (around) {
      case undefined:
        call(sink, this.#end);
        break;
      case "legacy":
        sink.truncate(sink.length - 1);
        sink.byte(legacy.catchAll);
        call(sink, this.#end);
        sink.bytes(Uint8Array.of(legacy.rethrow, 0, opcode.end));
        call(sink, this.#end);
        break;
      case "exnref":
        call(sink, this.#end);
        sink.bytes(Uint8Array.of(opcode.return, opcode.end));
        call(sink, this.#end);
        sink.byte(exnref.throwRef);
        break;
    }
    sink.byte(opcode.end);
  }

  #blockType(type: FuncType, sink: Sink): void {
    if (type.resultCount === 0) sink.byte(emptyBlock);
    else if (type.resultCount === 1) sink.bytes(type.results);
    else sink.s32(this.#types.withoutParams(type.resultCount, type.results));
  }

  #reportingSite(site: number, sink: Sink): boolean {
    switch (this.#graph.siteKind[site]) {
      case siteKind.return:
        sink.byte(opcode.br);
        sink.u32(this.#graph.siteArgument[site]!);
        return true;
      case siteKind.tailCall:
        call(sink, this.#end);
        return false;
      default:
        return this.#renumber(site, sink);
    }
  }

  /** Writes a `call`, `return_call` or `ref.func` with the function's new index. */
  readonly #renumber = (site: number, sink: Sink): boolean => {
    const { siteKind: kinds, siteStart, siteArgument } = this.#graph;
    if (kinds[site] !== siteKind.call && kinds[site] !== siteKind.refFunc) return false;
    const index = siteArgument[site]!;
    if (index < this.#module.importedFunctions) return false;
    sink.byte(this.#module.bytes[siteStart[site]!]!);
    sink.u32(index + this.#imports.length);
    return true;
  };

  /** Says whether an exception may leave a function. */
  #mayThrow(index: number): boolean {
    return this.#returns.mayLeave[index] === 1;
  }

  #typeOf(defined: number, index: number): FuncType {
    const type = this.#module.types[this.#module.functions[index]!];
    if (type?.kind === "func") return type;
    throw new DecodeError("unknown function type", this.#module.bodies.start[defined]!);
  }
}

function refuseSecondTime(module: Module, importModule: string): void {
  const { start, end } = hostAbi;
  const known = module.imports.find(
    (entry) => entry.module === importModule && (entry.name === start || entry.name === end),
  );
  if (known === undefined) return;
  throw new Refusal(
    `the module imports ${known.module}.${known.name} already: is it instrumented? ` +
      "If that name is its own, choose another module name for the imports",
  );
}
