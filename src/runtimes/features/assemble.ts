/** Bytes, as they stand in a module. */
export type Bytes = readonly number[];

/** What a module has; each entry encoded, sections without entries left out. */
export interface Parts {
  readonly types?: readonly Bytes[];
  readonly imports?: readonly Bytes[];
  /** The type index and the body of each function: locals and code without the last `end`. */
  readonly functions: readonly {
    readonly type: number;
    readonly locals?: readonly Bytes[];
    readonly code: Bytes;
  }[];
  readonly tables?: readonly Bytes[];
  readonly memories?: readonly Bytes[];
  readonly tags?: readonly Bytes[];
  readonly globals?: readonly Bytes[];
  readonly exports?: readonly Bytes[];
  /** Index of the function that runs when the module is instantiated. */
  readonly startFunction?: number;
  readonly elements?: readonly Bytes[];
  readonly data?: readonly Bytes[];
  /** Whether a data count stands in front of the code, as instructions on segments need. */
  readonly dataCount?: boolean;
}

/** Value types, the kinds of exports and imports, and the instructions that the probes name often. */
export const op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  call: 0x10,
  drop: 0x1a,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  add: 0x6a,
  sub: 0x6b,
  and: 0x71,
  i64Eq: 0x51,
} as const;
export const type = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  empty: 0x40,
} as const;
export const kind = { func: 0, table: 1, memory: 2, global: 3 } as const;

/** Lists bytes: what belongs together in code stands on a line. */
export function seq(...bytes: Bytes): Bytes {
  return bytes;
}

/** Encodes an unsigned number as LEB128. */
export function unsigned(value: number): Bytes {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(Math.floor(value / 128))];
}

/** Encodes a signed number as LEB128. */
function signed(value: number | bigint): Bytes {
  const wide = BigInt(value);
  if (wide >= -64n && wide < 64n) return [Number(wide & 0x7fn)];
  return [Number(wide & 0x7fn) | 0x80, ...signed(wide >> 7n)];
}

/** Encodes a list: its length, then its entries. */
export function list(entries: readonly Bytes[]): Bytes {
  return [...unsigned(entries.length), ...entries.flat()];
}

/** Encodes a name, or other text with its length. */
export function text(value: string): Bytes {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

/** Encodes `i32.const`. */
export function i32(value: number): Bytes {
  return [0x41, ...signed(value | 0)];
}

/** Encodes `i64.const`. */
export function i64(value: bigint): Bytes {
  return [0x42, ...signed(BigInt.asIntN(64, value))];
}

/** Encodes `f64.const`. */
export function f64(value: number): Bytes {
  return [0x44, ...new Uint8Array(new Float64Array([value]).buffer)];
}

/** Encodes a function type. */
export function functionType(params: Bytes, results: Bytes): Bytes {
  return [0x60, ...unsigned(params.length), ...params, ...unsigned(results.length), ...results];
}

/** Encodes an export. */
export function exported(name: string, what: number, index: number): Bytes {
  return [...text(name), what, ...unsigned(index)];
}

/** Encodes the import of a function. */
export function importedFunction(module: string, name: string, typeIndex: number): Bytes {
  return [...text(module), ...text(name), kind.func, ...unsigned(typeIndex)];
}

/** Encodes an active data segment of memory 0. */
export function dataAt(offset: number, bytes: Bytes): Bytes {
  return [0, ...i32(offset), op.end, ...unsigned(bytes.length), ...bytes];
}

/** Puts a module together. */
export function assembleModule(parts: Parts): Uint8Array {
  const { functions, data = [] } = parts;
  const bodies = functions.map(({ locals = [], code: own }) => {
    const body = [...list(locals), ...own, op.end];
    return [...unsigned(body.length), ...body];
  });
  return Uint8Array.from([
    ...seq(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    ...section(1, parts.types),
    ...section(2, parts.imports),
    ...section(
      3,
      functions.map((each) => unsigned(each.type)),
    ),
    ...section(4, parts.tables),
    ...section(5, parts.memories),
    ...section(13, parts.tags),
    ...section(6, parts.globals),
    ...section(7, parts.exports),
    ...(parts.startFunction === undefined ? [] : single(8, unsigned(parts.startFunction))),
    ...section(9, parts.elements),
    ...(parts.dataCount === true ? single(12, unsigned(data.length)) : []),
    ...section(10, bodies),
    ...section(11, data),
  ]);
}

function single(id: number, content: Bytes): Bytes {
  return [id, ...unsigned(content.length), ...content];
}

function section(id: number, entries: readonly Bytes[] = []): Bytes {
  if (entries.length === 0) return [];
  return single(id, list(entries));
}
