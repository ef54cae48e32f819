import { assembleBody, valueType } from "../wasm/index.ts";
import type { Instruction, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import {
  borrowed,
  byteBody,
  charBody,
  closeBody,
  closeDescriptor,
  digitBody,
  flushBody,
  hexBody,
  lebBody,
  openBody,
  wordsBody,
} from "./dump-bodies.ts";
import type { SinkImports } from "./dump-bodies.ts";
import { Refusal } from "./refusal.ts";

/** Names of what an instrumented module exports for its host. */
export const exportNames = {
  /** word(i32) -> i64: a 64-bit word of the raw profile. */
  word: "wasmscope_word",
  /** count() -> i32: the number of words. */
  count: "wasmscope_count",
  /** reset(): says that no guest function is active any more (after a trap). Only in mode `tree`. */
  reset: "wasmscope_reset",
  /** A global: the address of the tree's current node, for `treeNodeNumber`. Only in mode `tree`. */
  current: "wasmscope_current",
  /** start(): what the start section did, with option `deferStart`. */
  start: "wasmscope_start",
  /** dump(): writes the raw profile now. Only with a sink. */
  dump: "wasmscope_dump",
} as const;

/** What starts the lines of a raw profile in a log. docs/raw-format.md */
export const frameMark = "~wasmscope";

/** WASI functions that are called by what is added, with the codes of their parameters. */
const { i32, i64 } = valueType;
const wasiTypes: Record<WasiFunction, readonly number[]> = {
  fd_write: [i32, i32, i32, i32],
  path_open: [i32, i32, i32, i32, i32, i64, i64, i32, i32],
  fd_close: [i32],
  clock_time_get: [i32, i64, i32],
};
type WasiFunction = "fd_write" | "path_open" | "fd_close" | "clock_time_get";

/**
 * Finds a WASI import's function index, or appends the import. Throws a `Refusal` when the module imports it
 * with another type, so that it cannot be called.
 */
export function wasiImport(module: Module, additions: Additions, name: WasiFunction): number {
  const functions = module.imports.filter(({ kind }) => kind === "func");
  const isWasi = (from: string): boolean => from.startsWith("wasi_");
  const known = functions.findIndex((entry) => isWasi(entry.module) && entry.name === name);
  if (known >= 0) {
    const type = module.types[module.functions[known]!];
    const given = type?.kind === "func" ? `${type.params.join()}:${type.results.join()}` : "";
    if (given === `${wasiTypes[name].join()}:${i32}`) return known;
    throw new Refusal(
      `the module imports ${name} with another type than WASI's: use --sink export`,
    );
  }
  const from = functions.find((entry) => isWasi(entry.module))?.module ?? "wasi_snapshot_preview1";
  return additions.import({
    module: from,
    name,
    typeIndex: additions.type(wasiTypes[name], [i32]),
  });
}

/** Where the module writes its raw profile. */
export type DumpSink = "stderr" | { readonly path: string };

/** Finds or adds the imports for a sink. Throws a `Refusal` when the module cannot use WASI. */
export function sinkImports(module: Module, additions: Additions, sink: DumpSink): SinkImports {
  const memory = module.memories[0];
  if (memory === undefined) {
    throw new Refusal("the module has no memory, which WASI needs to write: use --sink export");
  }
  if (memory.is64) {
    throw new Refusal("WASI preview1 cannot write from a 64-bit memory: use --sink export");
  }
  const toFile = sink !== "stderr";
  return {
    fdWrite: wasiImport(module, additions, "fd_write"),
    pathOpen: toFile ? wasiImport(module, additions, "path_open") : undefined,
    fdClose: toFile ? wasiImport(module, additions, "fd_close") : undefined,
  };
}

/** Appends dump(), which writes header, words and checksum as text lines; returns its index. */
export function addDump(
  additions: Additions,
  imports: SinkImports,
  sink: DumpSink,
  header: string,
  functions: { readonly word: number; readonly count: number },
): number {
  const globals = {
    length: additions.global("i32"),
    descriptor: additions.global("i32", 2),
    crc: additions.global("i32"),
    triple: additions.global("i32"),
    inTriple: additions.global("i32"),
    inLine: additions.global("i32"),
    dumps: additions.global("i32"),
    saved: Array.from({ length: borrowed / 8 }, () => additions.global("i64")),
  };
  const add = (
    name: string,
    params: number[],
    locals: number,
    body: readonly Instruction[],
  ): number =>
    additions.add({
      name: `wasmscope.${name}`,
      typeIndex: additions.type(params, []),
      body: assembleBody(locals === 0 ? [] : [[locals, i32]], body),
    });

  const flush = add("flush", [], 1, flushBody(globals, imports.fdWrite));
  const char = add("char", [i32], 0, charBody(globals, flush));
  const text = (value: string): Instruction[] =>
    [...new TextEncoder().encode(value)].flatMap((code): Instruction[] => [
      ["i32.const", code],
      ["call", char],
    ]);
  const digit = add("digit", [i32], 0, digitBody(char));
  const group = add("group", [], 0, [
    ...[18, 12, 6, 0].flatMap((shift): Instruction[] => [
      ["global.get", globals.triple],
      ["i32.const", shift],
      "i32.shr_u",
      ["i32.const", 63],
      "i32.and",
      ["call", digit],
    ]),
    ["i32.const", 0],
    ["global.set", globals.triple],
    ["i32.const", 0],
    ["global.set", globals.inTriple],
  ]);
  const lineStart = text(`${frameMark}:`);
  const byte = add("byte", [i32], 1, byteBody(globals, group, lineStart, text("\n")));
  const leb = add("leb", [i64], 0, lebBody(byte));
  const words = add("words", [], 3, wordsBody(functions, leb));
  const hex = add("hex", [i32], 1, hexBody(char));

  const path = sink === "stderr" ? undefined : sink.path;
  return add("dump", [], 0, [
    // A memory without a page has nothing to borrow.
    ["memory.size", 0],
    "i32.eqz",
    ["if", 0x40],
    "return",
    "end",
    ...globals.saved.flatMap((saved, nth): Instruction[] => [
      ["i32.const", 0],
      ["i64.load", 3, nth * 8],
      ["global.set", saved],
    ]),
    ...(path === undefined ? [] : openBody(path, globals.descriptor, imports)),
    ["i32.const", 0],
    ["global.set", globals.length],
    ["i32.const", -1],
    ["global.set", globals.crc],
    ["i32.const", 0],
    ["global.set", globals.inLine],
    ["global.get", globals.dumps],
    ["i32.const", 1],
    "i32.add",
    ["global.set", globals.dumps],
    ...text(`\n${frameMark} ${header}\n`),
    ["global.get", globals.dumps],
    "i64.extend_i32_u",
    ["call", leb],
    ["call", functions.count],
    "i64.extend_i32_u",
    ["call", leb],
    ["call", words],
    ...closeBody(globals, group, text("\n")),
    ...text(`${frameMark}=`),
    ["global.get", globals.crc],
    ["i32.const", -1],
    "i32.xor",
    ["call", hex],
    ...text("\n"),
    ["call", flush],
    ...(imports.fdClose === undefined ? [] : closeDescriptor(globals.descriptor, imports.fdClose)),
    ...globals.saved.flatMap((saved, nth): Instruction[] => [
      ["i32.const", 0],
      ["global.get", saved],
      ["i64.store", 3, nth * 8],
    ]),
  ]);
}
