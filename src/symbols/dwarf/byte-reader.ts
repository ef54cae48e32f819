import { DecodeError } from "../../bytes/index.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const two32 = 2 ** 32;

/**
 * Reads little-endian numbers and strings forward through `bytes[position, end)`. Unlike `Cursor` it takes
 * numbers of any length: DWARF bounds none, and values past 2^53 (tombstones) only need to be large.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  position: number;
  end: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Moves to `position`, to read up to `end`. */
  reset(position: number, end: number): void {
    this.position = position;
    this.end = end;
  }

  /** Moves `count` bytes ahead and returns where it stood. */
  skip(count: number): number {
    const start = this.position;
    if (count > this.end - start) throw new DecodeError("unexpected end", this.end);
    this.position = start + count;
    return start;
  }

  u8(): number {
    if (this.position >= this.end) throw new DecodeError("unexpected end", this.end);
    return this.bytes[this.position++]!;
  }

  u16(): number {
    const at = this.skip(2);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  u24(): number {
    const at = this.skip(3);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8) | (this.bytes[at + 2]! << 16);
  }

  u32(): number {
    const at = this.skip(4);
    const { bytes } = this;
    return (
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    );
  }

  u64(): number {
    const low = this.u32();
    return low + this.u32() * two32;
  }

  /** Reads an unsigned number of `size` bytes: 1, 2, 3, 4 or 8. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 3:
        return this.u24();
      case 4:
        return this.u32();
      case 8:
        return this.u64();
      default:
        throw new DecodeError(`a number of ${size} bytes`, this.position);
    }
  }

  /** Reads an unsigned LEB128 number. */
  uleb(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let result = first & 0x7f;
    for (let scale = 128; ; scale *= 128) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
    }
  }

  /** Reads a signed LEB128 number. */
  sleb(): number {
    let result = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return (byte & 0x40) === 0 ? result : result - scale * 128;
    }
  }

  /** Reads a text that ends with a zero byte. */
  text(): string {
    const start = this.position;
    const zero = this.#zero();
    this.position = zero + 1;
    return utf8.decode(this.bytes.subarray(start, zero));
  }

  /** Skips a text that ends with a zero byte. */
  skipText(): void {
    this.position = this.#zero() + 1;
  }

  #zero(): number {
    const zero = this.bytes.indexOf(0, this.position);
    if (zero < 0 || zero >= this.end) throw new DecodeError("unexpected end", this.end);
    return zero;
  }
}
