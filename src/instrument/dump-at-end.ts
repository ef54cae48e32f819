import { assembleBody } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import { addDump, exportNames, sinkImports } from "./dump.ts";
import type { DumpSink } from "./dump.ts";
import type { SinkImports } from "./dump-bodies.ts";
import { defineThunk } from "./thunks.ts";

/** The export that a WASI command starts with. */
const startExport = "_start";

/**
 * The function that writes the raw profile, and the places at which it is called: in front of
 * `proc_exit`, and behind `_start`. Indices are reserved first, since bodies call them; what they do depends
 * on the number of counters and is defined at the end.
 */
export class DumpAtEnd {
  /** Index of the function dump(). */
  readonly index: number;
  /** `proc_exit` among the imports, and the function that stands for it; undefined where it is not imported. */
  readonly exit: { readonly imported: number; readonly wrapper: number } | undefined;
  readonly #module: Module;
  readonly #additions: Additions;
  readonly #sink: DumpSink;
  readonly #imports: SinkImports;
  readonly #ends: readonly (string | undefined)[];

  /** Must come before any other function is added: it may add imports. Throws a `Refusal` without WASI. */
  constructor(module: Module, additions: Additions, sink: DumpSink, also?: string) {
    this.#ends = [startExport, also];
    this.#module = module;
    this.#additions = additions;
    this.#sink = sink;
    this.#imports = sinkImports(module, additions, sink);
    this.index = additions.reserve();
    const imported = module.imports
      .filter(({ kind }) => kind === "func")
      .findIndex((entry) => entry.module.startsWith("wasi_") && entry.name === "proc_exit");
    this.exit = imported < 0 ? undefined : { imported, wrapper: additions.reserve() };
  }

  /** Index of the imported `fd_write`. */
  get fdWrite(): number {
    return this.#imports.fdWrite;
  }

  /** Says whether a function is exported as `_start`, or as the other that ends a run. */
  isStart(index: number): boolean {
    return this.#module.exports.some(
      (entry) => entry.kind === "func" && entry.index === index && this.#ends.includes(entry.name),
    );
  }

  /** Defines what was reserved, for a header and the functions that read the words. */
  finish(header: string, functions: { readonly word: number; readonly count: number }): void {
    const additions = this.#additions;
    const made = addDump(additions, this.#imports, this.#sink, header, functions);
    additions.define(this.index, {
      name: "wasmscope.dump_now",
      typeIndex: additions.type([], []),
      body: assembleBody([], [["call", made]]),
    });
    additions.export(exportNames.dump, "func", this.index);
    if (this.exit === undefined) return;
    const { imported, wrapper } = this.exit;
    defineThunk(this.#module, additions, {
      index: imported,
      reserved: wrapper,
      target: imported,
      around: { before: () => [["call", this.index]] },
      name: "wasmscope.proc_exit",
    });
  }
}
