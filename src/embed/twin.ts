import { functionFrames } from "../collect/exact/function-names.ts";
import { instrument, Refusal } from "../instrument/index.ts";
import type { ExactMode, InstrumentOptions } from "../instrument/index.ts";
import type { Frame } from "../profile/index.ts";
import { decodeModule } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

/** What is counted in a host's own instance. */
export type EmbedMode = ExactMode;

/** How a host's module is profiled. */
export interface EmbedOptions {
  /** What is counted; `tree` by default, or `blocks` where a tree has no place. */
  readonly mode?: EmbedMode;
  /** The name in the profile; what the module calls itself by default. */
  readonly name?: string;
  /**
   * Where a tree lives; by default in a memory beside the module's where the engine has several, else behind the
   * module's own.
   */
  readonly memory?: "second" | "region";
  /** Vouches that the host reads buffer and size of the memory anew after each call (see `InstrumentOptions`). */
  readonly trustHost?: boolean;
  /** Names of functions from outside the module. */
  readonly symbols?: ReadonlyMap<number, string>;
  /** Bounds the call tree. */
  readonly mostNodes?: number;
}

/** A module and the instrumented one that runs in its place. */
export interface Twin {
  readonly original: Module;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mode: EmbedMode;
  /** With what it was instrumented. */
  readonly instrumented: InstrumentOptions;
  readonly name: string | undefined;
  readonly frameOf: (funcIndex: number) => Frame;
  /** What was chosen and why, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Instruments a module so that it can be profiled in this engine. Throws a `DecodeError` for bytes that are no
 * module, and a `Refusal` where it cannot be done as asked.
 */
export function makeTwin(bytes: Uint8Array, options: EmbedOptions): Twin {
  const original = decodeModule(bytes);
  const choices = options.mode === undefined ? (["tree", "blocks"] as const) : [options.mode];
  const notes: string[] = [];
  for (const mode of choices) {
    const instrumented = instrumentOptions(original, mode, options);
    try {
      const made = instrument(bytes, instrumented);
      return {
        original,
        bytes: made.bytes as Uint8Array<ArrayBuffer>,
        mode,
        instrumented,
        name: options.name,
        frameOf: functionFrames(original, options.symbols),
        notes: [...notes, ...made.notes],
      };
    } catch (error) {
      if (!(error instanceof Refusal) || mode === choices.at(-1)) throw error;
      notes.push(`No call tree in this engine (${error.message}): blocks are counted instead.`);
    }
  }
  throw new Error("no mode was tried");
}

function instrumentOptions(
  module: Module,
  mode: EmbedMode,
  { memory = hasMultiMemory() ? "second" : "region", trustHost, mostNodes }: EmbedOptions,
): InstrumentOptions {
  return {
    mode,
    memory,
    sink: "export",
    // If the start function traps, there is an instance all the same.
    deferStart: true,
    trustHost: trustHost ?? isWasmBindgen(module),
    ...(mostNodes === undefined ? {} : { mostNodes }),
  };
}

/**
 * Says whether wasm-bindgen made the module's glue, which looks at each use whether the memory's buffer is still
 * the one it knows, and never asks for its size.
 */
function isWasmBindgen({ imports, exports }: Module): boolean {
  return (
    imports.some(({ name }) => name.startsWith("__wbindgen_") || name.startsWith("__wbg_")) ||
    exports.some(({ name }) => name.startsWith("__wbindgen_"))
  );
}

/** Says whether this engine accepts modules with more than one memory. */
function hasMultiMemory(): boolean {
  // Two memories of no pages: section 5, four bytes of content.
  return WebAssembly.validate(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0));
}
