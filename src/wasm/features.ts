import { InstructionReader, skipKinds } from "./instruction-reader.ts";
import { placedInBody, readLocals } from "./bodies.ts";
import { Cursor } from "../bytes/index.ts";
import type { Module } from "./module.ts";
import { valueTypeNames } from "./types.ts";

/** Proposals beyond the first version of WebAssembly, by what shows that a module uses them. */
export type Feature =
  | "sign-extension"
  | "saturating-float-to-int"
  | "multi-value"
  | "bulk-memory"
  | "reference-types"
  | "simd"
  | "relaxed-simd"
  | "tail-calls"
  | "legacy-exceptions"
  | "exceptions"
  | "threads"
  | "multi-memory"
  | "memory64"
  | "function-references"
  | "gc"
  | "wide-arithmetic"
  | "custom-page-sizes"
  | "mutable-globals"
  | "extended-const";

/** Which feature an instruction belongs to; ranges are of opcodes, both ends included. */
const byOpcode: readonly (readonly [from: number, to: number, feature: Feature])[] = [
  [0x06, 0x07, "legacy-exceptions"],
  [0x09, 0x09, "legacy-exceptions"],
  [0x0a, 0x0a, "exceptions"],
  [0x12, 0x13, "tail-calls"],
  [0x14, 0x14, "function-references"],
  [0x15, 0x15, "tail-calls"],
  [0x18, 0x19, "legacy-exceptions"],
  [0x1c, 0x1c, "reference-types"],
  [0x1f, 0x1f, "exceptions"],
  [0x25, 0x26, "reference-types"],
  [0xc0, 0xc4, "sign-extension"],
  [0xd0, 0xd2, "reference-types"],
  [0xd3, 0xd3, "gc"],
  [0xd4, 0xd6, "function-references"],
  [0xfb000, 0xfb01e, "gc"],
  [0xfc000, 0xfc007, "saturating-float-to-int"],
  [0xfc008, 0xfc00e, "bulk-memory"],
  [0xfc00f, 0xfc011, "reference-types"],
  [0xfc013, 0xfc016, "wide-arithmetic"],
  [0xfd000, 0xfd0ff, "simd"],
  [0xfd100, 0xfd113, "relaxed-simd"],
  [0xfe000, 0xfe04e, "threads"],
];

/** Features that instructions show. */
const inBodies: ReadonlySet<Feature> = new Set([
  ...byOpcode.map(([, , feature]) => feature),
  "multi-value",
]);

/**
 * Lists the features that a module uses, sorted. Reads all bodies, unless none of `among`, the features that the caller
 * wants to know of, is to be seen there.
 */
export function featuresOf(module: Module, among?: ReadonlySet<string>): Feature[] {
  const found = new Set<Feature>(declaredFeatures(module));
  const wanted = [...inBodies].filter((feature) => among?.has(feature) !== false);
  if (wanted.some((feature) => !found.has(feature))) addBodyFeatures(module, found);
  const features = [...found].toSorted();
  return among === undefined ? features : features.filter((feature) => among.has(feature));
}

function addBodyFeatures(module: Module, found: Set<Feature>): void {
  const { codes, blockTypes } = instructionsOf(module);
  for (const code of codes) {
    for (const [from, to, feature] of byOpcode) {
      if (code >= from && code <= to) found.add(feature);
    }
  }
  for (const index of blockTypes) {
    const type = module.types[index];
    if (type?.kind === "func" && type.paramCount > 0) found.add("multi-value");
  }
  // Tags and `throw` are the same in both.
  if (module.tags.length > 0 && !found.has("legacy-exceptions")) found.add("exceptions");
}

/** Lists the codes of all instructions, and the types of all blocks. */
function instructionsOf(module: Module): { codes: Set<number>; blockTypes: Set<number> } {
  const { bytes, bodies } = module;
  const codes = new Set<number>();
  const blockTypes = new Set<number>();
  const plain = new Uint8Array(256);
  const reader = new InstructionReader(bytes);
  for (let defined = 0; defined < bodies.start.length; defined++) {
    try {
      const end = bodies.end[defined]!;
      let position = readLocals(bytes, bodies.start[defined]!, end).codeStart;
      while (position < end) {
        const next = passPlain(bytes, position, end, plain);
        if (next > position) position = next;
        else {
          reader.reset(position, end);
          reader.next();
          codes.add(reader.code);
          if (reader.code >= 0x02 && reader.code <= 0x04) blockTypes.add(reader.index);
          position = reader.position;
        }
      }
    } catch (error) {
      throw placedInBody(module, defined, error);
    }
  }
  for (const [code, isThere] of plain.entries()) if (isThere !== 0) codes.add(code);
  return { codes, blockTypes };
}

/**
 * Goes on to the next instruction that only the reader can pass, and notes those before by their first bytes in
 * `seen`. Modules of a hundred megabytes are read so: nearly all of it is plain.
 */
function passPlain(bytes: Uint8Array, start: number, end: number, seen: Uint8Array): number {
  const kinds = skipKinds;
  let position = start;
  for (;;) {
    const code = bytes[position]!;
    // See `skipKind`.
    const kind = kinds[code]!;
    let next = position + 1;
    if (kind === 2 || kind === 9) {
      if (bytes[next]! < 0x80) next += 1;
      else if (bytes[next + 1]! < 0x80) next += 2;
      else if (bytes[next + 2]! < 0x80) next += 3;
      else return position;
    } else if (kind === 3) {
      if (bytes[next]! >= 0x40) return position;
      if (bytes[next + 1]! < 0x80) next += 2;
      else if (bytes[next + 2]! < 0x80) next += 3;
      else return position;
    } else if (kind !== 1 && kind !== 7 && kind !== 8) return position;
    if (next > end) return position;
    seen[code] = 1;
    position = next;
    if (position === end) return position;
  }
}

function* declaredFeatures(module: Module): Generator<Feature> {
  const { types, memories, tables, imports, exports, globals } = module;
  if (types.some((type) => type.kind === "func" && type.resultCount > 1)) yield "multi-value";
  if (types.some(({ kind }) => kind !== "func")) yield "gc";
  yield* valueTypeFeatures(module);
  if (memories.length > 1) yield "multi-memory";
  if (memories.some(({ is64 }) => is64)) yield "memory64";
  if (memories.some(({ shared }) => shared)) yield "threads";
  if (memories.some(({ pageSizeLog2 }) => pageSizeLog2 !== 16)) yield "custom-page-sizes";
  if (tables.length > 1) yield "reference-types";
  if (module.hasDataCount) yield "bulk-memory";
  if (module.extendedConstants) yield "extended-const";
  const mutable = (index: number): boolean => globals[index]?.mutable === true;
  if (
    imports.some(({ global }) => global?.mutable === true) ||
    exports.some(({ kind, index }) => kind === "global" && mutable(index))
  ) {
    yield "mutable-globals";
  }
}

/** Which feature a value type belongs to, by its name. */
const byValueType: readonly (readonly [name: RegExp, feature: Feature])[] = [
  [/^v128$/, "simd"],
  [/^(func|extern)ref$/, "reference-types"],
  [/^exnref$/, "exceptions"],
  [/^(any|eq|i31|struct|array|none|nofunc|noextern)ref$/, "gc"],
  [/^\(/, "function-references"],
];

function* valueTypeFeatures({ types, globals }: Module): Generator<Feature> {
  const names = new Set(globals.map(({ type }) => type));
  for (const type of types) {
    if (type.kind !== "func") continue;
    for (const encoded of [type.params, type.results]) {
      for (const name of valueTypeNames(new Cursor(encoded))) names.add(name);
    }
  }
  for (const name of names) {
    for (const [pattern, feature] of byValueType) if (pattern.test(name)) yield feature;
  }
}
