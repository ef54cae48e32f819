/** Bytes of a small hand-made module; nested lists are flattened. */
export type Bytes = readonly (number | Bytes)[];

/** Value types as the binary format writes them. */
export const types = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
  anyref: 0x6e,
  exnref: 0x69,
} as const;

/** Encodes an unsigned number as LEB128. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** Encodes a signed number as LEB128, for `i32.const`. */
export function sleb(value: number): number[] {
  const rest = value >> 7;
  const low = value & 0x7f;
  const done = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return done ? [low] : [low | 0x80, ...sleb(rest)];
}

/** Encodes a list with its length in front. */
function vec(items: Bytes): Bytes {
  return [leb(items.length), ...items];
}

/** Encodes a name: its length and its UTF-8. */
export function name(text: string): Bytes {
  const bytes = [...new TextEncoder().encode(text)];
  return [leb(bytes.length), bytes];
}

/** Encodes a part whose length in bytes stands in front. */
export function sized(content: Bytes): Bytes {
  const bytes = flatten(content);
  return [leb(bytes.length), bytes];
}

/** Encodes a section that is a list. */
export function section(id: number, items: Bytes): Bytes {
  return items.length === 0 ? [] : [id, sized(vec(items))];
}

/** Encodes a function type. */
export function funcType(params: Bytes, results: Bytes): Bytes {
  return [0x60, vec(params), vec(results)];
}

/** Encodes a function body: its locals, one each, then its instructions, and the final `end`. */
export function body(locals: Bytes, code: Bytes): Bytes {
  return sized([vec(locals.map((type) => [1, type])), code, 0x0b]);
}

/** Puts sections together into a module's bytes. */
export function assemble(...sections: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(flatten([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections]));
}

function flatten(bytes: Bytes): number[] {
  const out: number[] = [];
  for (const item of bytes) {
    if (typeof item === "number") out.push(item);
    else for (const byte of flatten(item)) out.push(byte);
  }
  return out;
}
