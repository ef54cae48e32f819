import type { Cursor } from "../bytes/index.ts";

/** A function type; value types stay encoded, so that they can be copied into another module. */
export interface FuncType {
  readonly kind: "func";
  readonly paramCount: number;
  readonly params: Uint8Array;
  readonly resultCount: number;
  readonly results: Uint8Array;
}

/** A type that is no function's: a structure or an array. */
export interface AggregateType {
  readonly kind: "struct" | "array";
}

/** A defined type. */
export type DefinedType = FuncType | AggregateType;

const abstractHeapTypes: Record<number, string> = {
  0x74: "noexn",
  0x73: "nofunc",
  0x72: "noextern",
  0x71: "none",
  0x70: "func",
  0x6f: "extern",
  0x6e: "any",
  0x6d: "eq",
  0x6c: "i31",
  0x6b: "struct",
  0x6a: "array",
  0x69: "exn",
};
const numberTypes: Record<number, string> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
};
const packedTypes: Record<number, string> = { 0x78: "i8", 0x77: "i16" };

/** Reads a heap type and returns its name. https://webassembly.github.io/spec/core/binary/types.html */
function readHeapType(cursor: Cursor): string {
  const start = cursor.position;
  const code = cursor.signed(33);
  if (code >= 0) return String(code);
  const name = abstractHeapTypes[code + 0x80];
  return name ?? cursor.fail("malformed heap type", start);
}

/** Reads a value type and returns its name in the text format, such as `i32` or `(ref null 3)`. */
export function readValueType(cursor: Cursor): string {
  const start = cursor.position;
  const code = cursor.byte();
  const number = numberTypes[code];
  if (number !== undefined) return number;
  if (code === 0x63) return `(ref null ${readHeapType(cursor)})`;
  if (code === 0x64) return `(ref ${readHeapType(cursor)})`;
  const abstract = abstractHeapTypes[code];
  if (abstract !== undefined) return `${abstract}ref`;
  return cursor.fail(`malformed value type 0x${code.toString(16)}`, start);
}

/** Reads a reference type, as tables and element segments have it. */
export function readRefType(cursor: Cursor): string {
  const start = cursor.position;
  const name = readValueType(cursor);
  if (!name.includes("ref")) cursor.fail("malformed reference type", start);
  return name;
}

/** Names the value types of an encoded list. */
export function valueTypeNames(cursor: Cursor): string[] {
  const names = [];
  while (!cursor.done) names.push(readValueType(cursor));
  return names;
}

function readMutability(cursor: Cursor): boolean {
  const start = cursor.position;
  const flag = cursor.byte();
  if (flag > 1) cursor.fail("malformed mutability", start);
  return flag === 1;
}

function readFieldType(cursor: Cursor): void {
  if (packedTypes[cursor.peek()] !== undefined) cursor.skip(1);
  else readValueType(cursor);
  readMutability(cursor);
}

function readValueTypes(cursor: Cursor): { count: number; encoded: Uint8Array } {
  const count = cursor.count();
  const start = cursor.position;
  for (let index = 0; index < count; index++) readValueType(cursor);
  return { count, encoded: cursor.bytes.subarray(start, cursor.position) };
}

function readCompositeType(cursor: Cursor): DefinedType {
  const start = cursor.position;
  switch (cursor.byte()) {
    case 0x60: {
      const { count: paramCount, encoded: params } = readValueTypes(cursor);
      const { count: resultCount, encoded: results } = readValueTypes(cursor);
      return { kind: "func", paramCount, params, resultCount, results };
    }
    case 0x5f:
      for (let left = cursor.count(2); left > 0; left--) readFieldType(cursor);
      return { kind: "struct" };
    case 0x5e:
      readFieldType(cursor);
      return { kind: "array" };
    default:
      return cursor.fail("malformed type", start);
  }
}

function readSubType(cursor: Cursor): DefinedType {
  const form = cursor.peek();
  if (form === 0x50 || form === 0x4f) {
    cursor.skip(1);
    for (let left = cursor.count(); left > 0; left--) cursor.u32();
  }
  return readCompositeType(cursor);
}

/** Reads one entry of the type section, a single type or a recursive group, and appends its types. */
export function readRecType(cursor: Cursor, types: DefinedType[]): void {
  if (cursor.peek() !== 0x4e) {
    types.push(readSubType(cursor));
    return;
  }
  cursor.skip(1);
  for (let left = cursor.count(2); left > 0; left--) types.push(readSubType(cursor));
}

/** The size of a memory (in pages) or a table (in elements). */
export interface Limits {
  readonly min: bigint;
  readonly max: bigint | undefined;
  readonly shared: boolean;
  readonly is64: boolean;
  /** Exponent of the page size; 16 unless the custom-page-sizes proposal is used. */
  readonly pageSizeLog2: number;
}

/** Reads limits with their flags. https://webassembly.github.io/spec/core/binary/types.html#limits */
export function readLimits(cursor: Cursor, allowed: number): Limits {
  const start = cursor.position;
  const flags = cursor.byte();
  if ((flags & ~allowed) !== 0) cursor.fail("malformed limits flags", start);
  const is64 = (flags & 4) !== 0;
  const size = (): bigint => (is64 ? cursor.u64() : BigInt(cursor.u32()));
  const min = size();
  const max = (flags & 1) === 0 ? undefined : size();
  const pageSizeLog2 = (flags & 8) === 0 ? 16 : cursor.u32();
  if (pageSizeLog2 > 63) cursor.fail("invalid custom page size", start);
  return { min, max, shared: (flags & 2) !== 0, is64, pageSizeLog2 };
}

/** The type of a global variable. */
export interface GlobalType {
  readonly type: string;
  readonly mutable: boolean;
}

/** Reads a global's type. */
export function readGlobalType(cursor: Cursor): GlobalType {
  const type = readValueType(cursor);
  return { type, mutable: readMutability(cursor) };
}
