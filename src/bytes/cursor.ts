import { DecodeError } from "./decode-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads forward through `bytes[position, end)`. Offsets are those of the whole array, so that errors
 * name the place in the file even when only a part is read.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  position: number;
  /** Offset past the last byte. */
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Whether all bytes are read. */
  get done(): boolean {
    return this.position >= this.end;
  }

  /** Throws a `DecodeError` at the current position, or at `offset`. */
  fail(what: string, offset: number = this.position): never {
    throw new DecodeError(what, offset);
  }

  /** Reads a byte. */
  byte(): number {
    if (this.position >= this.end) this.fail("unexpected end");
    return this.bytes[this.position++]!;
  }

  /** Gives the next byte and stays in front of it. */
  peek(): number {
    if (this.position >= this.end) this.fail("unexpected end");
    return this.bytes[this.position]!;
  }

  /** Moves `count` bytes ahead and returns the offset it stood at. */
  skip(count: number): number {
    const start = this.position;
    if (count > this.end - start) this.fail(`unexpected end: ${count} bytes wanted`);
    this.position = start + count;
    return start;
  }

  /** Reads an unsigned LEB128 number of at most 32 bits, as the specification bounds it (five bytes). */
  u32(): number {
    const start = this.position;
    let result = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
    const last = this.byte();
    if (last >= 0x80) this.fail("integer representation too long", start);
    if (last > 0x0f) this.fail("integer too large", start);
    return (result | (last << 28)) >>> 0;
  }

  /** Reads a signed LEB128 number of at most `bits` bits, `bits` <= 33. */
  signed(bits: 32 | 33): number {
    const start = this.position;
    let result = 0;
    let scale = 1;
    for (let index = 0; ; index++) {
      const byte = this.byte();
      const last = index === 4;
      if (last && byte >= 0x80) this.fail("integer representation too long", start);
      if (last) {
        // The bits past the number's width must repeat its sign.
        const used = bits - 28;
        const sign = (byte >> (used - 1)) & 1;
        const rest = (byte & 0x7f) >> used;
        if (rest !== (sign === 1 ? 0x7f >> used : 0)) this.fail("integer too large", start);
      }
      result += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? result : result - scale;
    }
  }

  /** Reads an unsigned LEB128 number of at most 64 bits. */
  u64(): bigint {
    const start = this.position;
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      if (shift === 63n) {
        if (byte >= 0x80) this.fail("integer representation too long", start);
        if (byte > 1) this.fail("integer too large", start);
      }
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  }

  /** Reads a signed LEB128 number of at most 64 bits. */
  s64(): bigint {
    const start = this.position;
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      if (shift === 63n) {
        if (byte >= 0x80) this.fail("integer representation too long", start);
        if (byte !== 0 && byte !== 0x7f) this.fail("integer too large", start);
      }
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Math.min(64, Number(shift) + 7), result);
    }
  }

  /** Reads a count of items of at least `minimumSize` bytes each, so that a huge count fails at once. */
  count(minimumSize = 1): number {
    const start = this.position;
    const count = this.u32();
    if (count * minimumSize > this.end - this.position) {
      this.fail(`unexpected end: a count of ${count} is larger than what follows`, start);
    }
    return count;
  }

  /** Reads a name: length and UTF-8 bytes. */
  name(): string {
    const length = this.u32();
    const start = this.skip(length);
    try {
      return utf8.decode(this.bytes.subarray(start, start + length));
    } catch {
      return this.fail("malformed UTF-8 encoding", start);
    }
  }
}
