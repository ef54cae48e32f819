import { assembleBody, valueType } from "../wasm/index.ts";
import type { Instruction, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import { Refusal } from "./refusal.ts";

/** Names of what an instrumented module exports for its host. */
export const exportNames = {
  /** word(i32) -> i64: a 64-bit word of the raw profile. */
  word: "wasmscope_word",
  /** count() -> i32: the number of words. */
  count: "wasmscope_count",
  /** reset(): says that no guest function is active any more (after a trap). Only in mode `tree`. */
  reset: "wasmscope_reset",
  /** dump(): writes the raw profile now. Only with a sink. */
  dump: "wasmscope_dump",
} as const;

/** What starts the lines of a raw profile in a log. docs/raw-format.md */
export const frameMark = "~wasmscope";

/** WASI functions that a sink calls, with the codes of their parameters. */
const { i32, i64 } = valueType;
const wasiTypes: Record<WasiFunction, readonly number[]> = {
  fd_write: [i32, i32, i32, i32],
  path_open: [i32, i32, i32, i32, i32, i64, i64, i32, i32],
  fd_close: [i32],
};
type WasiFunction = "fd_write" | "path_open" | "fd_close";

/**
 * Finds a WASI import's function index, or appends the import. Throws a `Refusal` when the module imports it
 * with another type, so that it cannot be called.
 */
function wasiImport(module: Module, additions: Additions, name: WasiFunction): number {
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

/** The indices of the WASI functions that a sink needs. Found before functions are added. */
export interface SinkImports {
  readonly fdWrite: number;
  readonly pathOpen: number | undefined;
  readonly fdClose: number | undefined;
}

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

// The first bytes of the guest's memory are borrowed while a dump runs, and given back: an iovec, the
// number of bytes written, a descriptor, and text. Growing the memory would be seen by the guest.
const borrowed = 1024;
const iovec = 0;
const writtenAt = 8;
const descriptorAt = 12;
const textAt = 16;
const textSize = borrowed - textAt;
/** Bytes of payload a line: 76 characters of Base64. */
const bytesALine = 57;

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

/** flush(): writes the text; goes on after a short write, gives up after an error. */
function flushBody(at: { length: number; descriptor: number }, fdWrite: number): Instruction[] {
  const done = 0;
  return [
    ["block", 0x40],
    ["loop", 0x40],
    ["local.get", done],
    ["global.get", at.length],
    "i32.ge_u",
    ["br_if", 1],
    ["i32.const", iovec],
    ["i32.const", textAt],
    ["local.get", done],
    "i32.add",
    ["i32.store", 2, 0],
    ["i32.const", iovec],
    ["global.get", at.length],
    ["local.get", done],
    "i32.sub",
    ["i32.store", 2, 4],
    ["i32.const", writtenAt],
    ["i32.const", 0],
    ["i32.store", 2, 0],
    ["global.get", at.descriptor],
    ["i32.const", iovec],
    ["i32.const", 1],
    ["i32.const", writtenAt],
    ["call", fdWrite],
    ["br_if", 1],
    // Nothing written and no error: that would go on for ever.
    ["i32.const", writtenAt],
    ["i32.load", 2, 0],
    "i32.eqz",
    ["br_if", 1],
    ["local.get", done],
    ["i32.const", writtenAt],
    ["i32.load", 2, 0],
    "i32.add",
    ["local.set", done],
    ["br", 0],
    "end",
    "end",
    ["i32.const", 0],
    ["global.set", at.length],
  ];
}

/** char(code): appends one character to the text. */
function charBody(at: { length: number }, flush: number): Instruction[] {
  return [
    ["global.get", at.length],
    ["local.get", 0],
    ["i32.store8", 0, textAt],
    ["global.get", at.length],
    ["i32.const", 1],
    "i32.add",
    ["global.set", at.length],
    ["global.get", at.length],
    ["i32.const", textSize],
    "i32.eq",
    ["if", 0x40],
    ["call", flush],
    "end",
  ];
}

/** digit(value): appends a Base64 digit. The alphabet's five runs are told apart by their starts. */
function digitBody(char: number): Instruction[] {
  const value = 0;
  const runs: readonly (readonly [from: number, shift: number])[] = [
    [0, 65],
    [26, 71],
    [52, -4],
    [62, -19],
    [63, -16],
  ];
  return [
    ["local.get", value],
    ["i32.const", runs[0]![1]],
    ...runs.slice(1).flatMap(([from, shift], nth): Instruction[] => [
      // Adds the difference to the run before where the value lies in this run or behind it.
      ["local.get", value],
      ["i32.const", from],
      "i32.ge_u",
      ["i32.const", shift - runs[nth]![1]],
      "i32.mul",
      "i32.add",
    ]),
    "i32.add",
    ["call", char],
  ];
}

/** byte(value): adds a byte to the payload and its checksum (CRC-32, as zip has it). */
function byteBody(
  at: { crc: number; triple: number; inTriple: number; inLine: number },
  group: number,
  lineStart: readonly Instruction[],
  lineEnd: readonly Instruction[],
): Instruction[] {
  const [value, bit] = [0, 1];
  return [
    ["global.get", at.inLine],
    "i32.eqz",
    ["if", 0x40],
    ...lineStart,
    "end",
    ["global.get", at.crc],
    ["local.get", value],
    "i32.xor",
    ["global.set", at.crc],
    ["loop", 0x40],
    ["global.get", at.crc],
    ["i32.const", 1],
    "i32.shr_u",
    ["i32.const", 0xedb88320 | 0],
    ["i32.const", 0],
    ["global.get", at.crc],
    ["i32.const", 1],
    "i32.and",
    "select",
    "i32.xor",
    ["global.set", at.crc],
    ["local.get", bit],
    ["i32.const", 1],
    "i32.add",
    ["local.tee", bit],
    ["i32.const", 8],
    "i32.lt_u",
    ["br_if", 0],
    "end",
    ["global.get", at.triple],
    ["i32.const", 8],
    "i32.shl",
    ["local.get", value],
    "i32.or",
    ["global.set", at.triple],
    ["global.get", at.inTriple],
    ["i32.const", 1],
    "i32.add",
    ["global.set", at.inTriple],
    ["global.get", at.inTriple],
    ["i32.const", 3],
    "i32.eq",
    ["if", 0x40],
    ["call", group],
    "end",
    ["global.get", at.inLine],
    ["i32.const", 1],
    "i32.add",
    ["global.set", at.inLine],
    ["global.get", at.inLine],
    ["i32.const", bytesALine],
    "i32.eq",
    ["if", 0x40],
    ...lineEnd,
    ["i32.const", 0],
    ["global.set", at.inLine],
    "end",
  ];
}

/** leb(value): adds an unsigned LEB128 number to the payload. */
function lebBody(byte: number): Instruction[] {
  const value = 0;
  return [
    ["loop", 0x40],
    ["local.get", value],
    "i32.wrap_i64",
    ["i32.const", 127],
    "i32.and",
    ["local.get", value],
    ["i64.const", 7],
    "i64.shr_u",
    ["local.tee", value],
    "i64.eqz",
    ["if", valueType.i32],
    ["i32.const", 0],
    "else",
    ["i32.const", 128],
    "end",
    "i32.or",
    ["call", byte],
    ["local.get", value],
    "i64.eqz",
    "i32.eqz",
    ["br_if", 0],
    "end",
  ];
}

/** words(): adds all words; a run of zeros is a zero and the run's length. */
function wordsBody(functions: { word: number; count: number }, leb: number): Instruction[] {
  const [at, count, zeros] = [0, 1, 2];
  const writeZeros: Instruction[] = [
    ["local.get", zeros],
    ["if", 0x40],
    ["i64.const", 0],
    ["call", leb],
    ["local.get", zeros],
    "i64.extend_i32_u",
    ["call", leb],
    ["i32.const", 0],
    ["local.set", zeros],
    "end",
  ];
  return [
    ["call", functions.count],
    ["local.set", count],
    ["block", 0x40],
    ["loop", 0x40],
    ["local.get", at],
    ["local.get", count],
    "i32.ge_u",
    ["br_if", 1],
    ["local.get", at],
    ["call", functions.word],
    "i64.eqz",
    ["if", 0x40],
    ["local.get", zeros],
    ["i32.const", 1],
    "i32.add",
    ["local.set", zeros],
    "else",
    ...writeZeros,
    ["local.get", at],
    ["call", functions.word],
    ["call", leb],
    "end",
    ["local.get", at],
    ["i32.const", 1],
    "i32.add",
    ["local.set", at],
    ["br", 0],
    "end",
    "end",
    ...writeZeros,
  ];
}

/** hex(value): appends eight hexadecimal digits. */
function hexBody(char: number): Instruction[] {
  const [value, left] = [0, 1];
  const nibble: Instruction[] = [["local.get", value], ["i32.const", 28], "i32.shr_u"];
  return [
    ["i32.const", 8],
    ["local.set", left],
    ["loop", 0x40],
    ...nibble,
    ["i32.const", 48],
    ["i32.const", 87],
    ...nibble,
    ["i32.const", 10],
    "i32.lt_u",
    "select",
    "i32.add",
    ["call", char],
    ["local.get", value],
    ["i32.const", 4],
    "i32.shl",
    ["local.set", value],
    ["local.get", left],
    ["i32.const", 1],
    "i32.sub",
    ["local.tee", left],
    ["br_if", 0],
    "end",
  ];
}

/** Ends the payload: bytes that make no whole group are filled up with zero bits (no `=` signs). */
function closeBody(
  at: { triple: number; inTriple: number; inLine: number },
  group: number,
  lineEnd: readonly Instruction[],
): Instruction[] {
  return [
    ["global.get", at.inTriple],
    ["if", 0x40],
    ["global.get", at.triple],
    ["i32.const", 24],
    ["global.get", at.inTriple],
    ["i32.const", 3],
    "i32.shl",
    "i32.sub",
    "i32.shl",
    ["global.set", at.triple],
    ["call", group],
    "end",
    ["global.get", at.inLine],
    ["if", 0x40],
    ...lineEnd,
    "end",
  ];
}

/** Opens the file in the first preopened folder; the profile goes to stderr where that fails. */
function openBody(path: string, descriptor: number, imports: SinkImports): Instruction[] {
  const bytes = new TextEncoder().encode(path);
  if (bytes.length > textSize) throw new Refusal("the sink's path is too long");
  const firstPreopened = 3;
  const createAndTruncate = 1 | 8;
  const rightToWrite = 64n;
  return [
    ...[...bytes].flatMap((code, nth): Instruction[] => [
      ["i32.const", 0],
      ["i32.const", code],
      ["i32.store8", 0, textAt + nth],
    ]),
    ["i32.const", 2],
    ["global.set", descriptor],
    ["i32.const", descriptorAt],
    ["i32.const", 0],
    ["i32.store", 2, 0],
    ["i32.const", firstPreopened],
    ["i32.const", 0],
    ["i32.const", textAt],
    ["i32.const", bytes.length],
    ["i32.const", createAndTruncate],
    ["i64.const", rightToWrite],
    ["i64.const", 0],
    ["i32.const", 0],
    ["i32.const", descriptorAt],
    ["call", imports.pathOpen!],
    "i32.eqz",
    // Some runtimes report success and open nothing.
    ["i32.const", descriptorAt],
    ["i32.load", 2, 0],
    ["i32.const", firstPreopened],
    "i32.gt_u",
    "i32.and",
    ["if", 0x40],
    ["i32.const", descriptorAt],
    ["i32.load", 2, 0],
    ["global.set", descriptor],
    "end",
  ];
}

function closeDescriptor(descriptor: number, fdClose: number): Instruction[] {
  return [
    ["global.get", descriptor],
    ["i32.const", 2],
    "i32.ne",
    ["if", 0x40],
    ["global.get", descriptor],
    ["call", fdClose],
    "drop",
    "end",
  ];
}
