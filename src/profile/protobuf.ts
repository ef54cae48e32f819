import { Cursor } from "../bytes/index.ts";

/** One field of a protobuf message; `content` is a cursor over the bytes of a length-delimited one. */
type Field =
  | { readonly number: number; readonly kind: "varint"; readonly value: number }
  | { readonly number: number; readonly kind: "fixed" }
  | { readonly number: number; readonly kind: "bytes"; readonly content: Cursor };

/** Yields the fields of a message. Throws a `DecodeError` where the bytes are no message. */
function* fieldsOf(cursor: Cursor): Generator<Field> {
  while (!cursor.done) {
    const start = cursor.position;
    const tag = cursor.u32();
    const number = tag >>> 3;
    if (number === 0) cursor.fail("protobuf field number 0", start);
    switch (tag & 7) {
      case 0:
        yield { number, kind: "varint", value: int64(cursor) };
        break;
      case 1:
        cursor.skip(8);
        yield { number, kind: "fixed" };
        break;
      case 2: {
        const size = cursor.u32();
        const from = cursor.skip(size);
        yield { number, kind: "bytes", content: new Cursor(cursor.bytes, from, from + size) };
        break;
      }
      case 5:
        cursor.skip(4);
        yield { number, kind: "fixed" };
        break;
      default:
        cursor.fail(`protobuf wire type ${tag & 7}`, start);
    }
  }
}

/** Reads an int64, without a BigInt as long as it is short: there are millions of them. */
function int64(cursor: Cursor): number {
  const start = cursor.position;
  let result = 0;
  for (let scale = 1; scale < 2 ** 49; scale *= 128) {
    const byte = cursor.byte();
    result += (byte & 0x7f) * scale;
    if (byte < 0x80) return result;
  }
  cursor.position = start;
  return Number(BigInt.asIntN(64, cursor.u64()));
}

/** The fields of a message that a reader asks for; the others are skipped. */
export interface Wanted {
  /** Integer fields, repeated or not. */
  readonly integers: readonly number[];
  /** Messages and texts, repeated or not. */
  readonly messages: readonly number[];
}

/** What was found of the fields asked for; of a field that may stand once the last counts. */
export interface Message {
  readonly integers: (field: number) => readonly number[];
  readonly last: (field: number) => number;
  readonly messages: (field: number) => readonly Cursor[];
}

/** Reads the wanted fields of a message. */
export function readMessage(cursor: Cursor, wanted: Wanted): Message {
  // Indexed by field number: there is a message a sample, and maps would cost most of the time.
  const integers: number[][] = [];
  const messages: Cursor[][] = [];
  for (const field of wanted.integers) integers[field] = [];
  for (const field of wanted.messages) messages[field] = [];
  for (const field of fieldsOf(cursor)) {
    const numbers = integers[field.number];
    if (numbers && field.kind === "varint") numbers.push(field.value);
    // A writer may pack a repeated integer or not.
    if (numbers && field.kind === "bytes") {
      while (!field.content.done) numbers.push(int64(field.content));
    }
    if (field.kind === "bytes") messages[field.number]?.push(field.content);
  }
  return {
    integers: (field) => integers[field] ?? [],
    last: (field) => integers[field]?.at(-1) ?? 0,
    messages: (field) => messages[field] ?? [],
  };
}

const decoder = new TextDecoder();

/** Returns the text of a length-delimited field; bytes that are no UTF-8 are replaced. */
export function textOf({ bytes, position, end }: Cursor): string {
  return decoder.decode(bytes.subarray(position, end));
}
