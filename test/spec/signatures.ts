import { Cursor } from "../../src/bytes/index.ts";

/** A function type, each value type as its bytes. */
export interface Signature {
  readonly typeIndex: number;
  readonly params: readonly (readonly number[])[];
  readonly results: readonly (readonly number[])[];
}

/** What a module says about the functions it exports, enough to import them in another module. */
export interface Signatures {
  /** The recursive groups of types as the module writes them, to be repeated in another module. */
  readonly groups: readonly number[];
  readonly groupCount: number;
  readonly typeCount: number;
  readonly exported: ReadonlyMap<string, Signature>;
}

type ValueTypes = readonly (readonly number[])[];

type FunctionType = Omit<Signature, "typeIndex">;

interface Types {
  readonly groups: readonly number[];
  readonly groupCount: number;
  /** Nothing stands for a type that is none of a function. */
  readonly list: readonly (FunctionType | undefined)[];
}

/**
 * Reads the signatures of a module's exported functions. This is deliberately not the codec in src/wasm: what
 * checks a rewritten module must not share its mistakes.
 */
export function readSignatures(bytes: Uint8Array): Signatures {
  let types: Types = { groups: [], groupCount: 0, list: [] };
  const functions: number[] = [];
  const exported = new Map<string, Signature>();
  const cursor = new Cursor(bytes, 8);
  while (!cursor.done) {
    const id = cursor.byte();
    const length = cursor.u32();
    const start = cursor.skip(length);
    const section = new Cursor(bytes, start, start + length);
    if (id === 1) types = readTypes(section);
    else if (id === 2) functions.push(...readFunctionImports(section));
    else if (id === 3) functions.push(...repeat(section, () => section.u32()));
    else if (id === 7) {
      for (const { name, index } of readFunctionExports(section)) {
        const typeIndex = functions[index]!;
        const type = types.list[typeIndex];
        if (type === undefined)
          throw new Error(`export "${name}": type ${typeIndex} is none of a function`);
        exported.set(name, { typeIndex, ...type });
      }
    }
  }
  const { groups, groupCount, list } = types;
  return { groups, groupCount, typeCount: list.length, exported };
}

function repeat<T>(cursor: Cursor, read: () => T): T[] {
  return Array.from({ length: cursor.u32() }, read);
}

// Names may start with a byte order mark, which belongs to them.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readName(cursor: Cursor): string {
  const length = cursor.u32();
  const start = cursor.skip(length);
  return utf8.decode(cursor.bytes.subarray(start, start + length));
}

function readTypes(cursor: Cursor): Types {
  const groupCount = cursor.u32();
  const groups = [...cursor.bytes.subarray(cursor.position, cursor.end)];
  const list: (FunctionType | undefined)[] = [];
  for (let group = 0; group < groupCount; group++) {
    const isRecursive = cursor.peek() === 0x4e;
    if (isRecursive) cursor.byte();
    const members = isRecursive ? cursor.u32() : 1;
    for (let member = 0; member < members; member++) list.push(readSubType(cursor));
  }
  return { groups, groupCount, list };
}

function readSubType(cursor: Cursor): FunctionType | undefined {
  if (cursor.peek() === 0x50 || cursor.peek() === 0x4f) {
    cursor.byte();
    repeat(cursor, () => cursor.u32());
  }
  // "describes" and "descriptor" of the custom descriptors proposal.
  while (cursor.peek() === 0x4c || cursor.peek() === 0x4d) {
    cursor.byte();
    cursor.u32();
  }
  const form = cursor.byte();
  if (form === 0x60) return { params: readResultType(cursor), results: readResultType(cursor) };
  if (form === 0x5f) repeat(cursor, () => skipField(cursor));
  else if (form === 0x5e) skipField(cursor);
  else cursor.fail(`unknown type form ${form}`);
  return undefined;
}

const readResultType = (cursor: Cursor): ValueTypes => repeat(cursor, () => readValueType(cursor));

function skipField(cursor: Cursor): void {
  if (cursor.peek() === 0x78 || cursor.peek() === 0x77) cursor.byte();
  else readValueType(cursor);
  cursor.byte();
}

function readValueType(cursor: Cursor): readonly number[] {
  const start = cursor.position;
  const first = cursor.byte();
  if (first === 0x63 || first === 0x64) {
    if (cursor.peek() === 0x62) cursor.byte(); // exact
    cursor.signed(33);
  }
  return [...cursor.bytes.subarray(start, cursor.position)];
}

function readFunctionImports(cursor: Cursor): number[] {
  return repeat(cursor, () => {
    readName(cursor);
    readName(cursor);
    const kind = cursor.byte();
    if (kind === 0 || kind === 0x20) return cursor.u32();
    if (kind === 1) {
      readValueType(cursor);
      skipLimits(cursor);
    } else if (kind === 2) skipLimits(cursor);
    else if (kind === 3) {
      readValueType(cursor);
      cursor.byte();
    } else {
      cursor.byte();
      cursor.u32();
    }
    return undefined;
  }).filter((index) => index !== undefined);
}

function skipLimits(cursor: Cursor): void {
  const flags = cursor.byte();
  cursor.u64();
  if ((flags & 1) !== 0) cursor.u64();
  if ((flags & 8) !== 0) cursor.u32(); // the page size's exponent
}

function readFunctionExports(cursor: Cursor): { name: string; index: number }[] {
  return repeat(cursor, () => ({
    name: readName(cursor),
    kind: cursor.byte(),
    index: cursor.u32(),
  })).filter(({ kind }) => kind === 0);
}
