/**
 * Collects bytes in a buffer that doubles when full. One sink is meant to be reused: `clear()` keeps
 * the buffer. Methods are named after what they append.
 */
export class Sink {
  #buffer: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** Number of bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Forgets what was written and keeps the buffer. */
  clear(): void {
    this.#length = 0;
  }

  /** Shortens the content to its first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  /** Leaves out `count` bytes, which are zero until something is put there. */
  skip(count: number): void {
    this.reserve(count);
    this.#length += count;
  }

  /** Appends one byte (its low eight bits). */
  byte(value: number): void {
    this.reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Appends `source[start, end)`. */
  bytes(source: Uint8Array, start = 0, end: number = source.length): void {
    const count = end - start;
    this.reserve(count);
    const buffer = this.#buffer;
    let to = this.#length;
    // Below some forty bytes a loop is faster than a view and `set`.
    if (count < 40) for (let from = start; from < end; from++) buffer[to++] = source[from]!;
    else buffer.set(source.subarray(start, end), to);
    this.#length += count;
  }

  /** Appends an unsigned LEB128 number below 2^53. */
  u32(value: number): void {
    this.reserve(8);
    const buffer = this.#buffer;
    let rest = value;
    // Bit operations are exact for what fits into 31 bits, and much faster.
    if (value <= 0x7fff_ffff) {
      for (; rest > 0x7f; rest >>= 7) buffer[this.#length++] = (rest & 0x7f) | 0x80;
      buffer[this.#length++] = rest;
      return;
    }
    while (rest > 0x7f) {
      buffer[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    buffer[this.#length++] = rest;
  }

  /** Appends a signed LEB128 number, a safe integer. */
  s32(value: number): void {
    this.reserve(10);
    const buffer = this.#buffer;
    let rest = value;
    if (value === (value | 0)) {
      for (; rest < -64 || rest > 63; rest >>= 7) buffer[this.#length++] = (rest & 0x7f) | 0x80;
      buffer[this.#length++] = rest & 0x7f;
      return;
    }
    while (rest < -64 || rest > 63) {
      const low = ((rest % 128) + 128) % 128;
      buffer[this.#length++] = low | 0x80;
      rest = Math.floor(rest / 128);
    }
    buffer[this.#length++] = rest & 0x7f;
  }

  /** Appends an unsigned LEB128 number of up to 64 bits. */
  u64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  /** Appends a signed LEB128 number of up to 64 bits. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -64n || rest > 63n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  /** Appends a vector of bytes: its length, then its content. */
  vector(content: Uint8Array): void {
    this.u32(content.length);
    this.bytes(content);
  }

  /** Appends a name: the length of its UTF-8 form, then that. */
  name(text: string): void {
    this.vector(new TextEncoder().encode(text));
  }

  /**
   * Appends what `write` appends, with its length in front (a section, a body, a protobuf message).
   * The content is moved once, by the length's own size.
   */
  sized(write: () => void): void {
    const start = this.#length;
    write();
    this.prefixLength(start);
  }

  /**
   * Puts the length of everything after `start` in front of it. Nothing is moved if `start + room` is where
   * the content begins, with room for just that length.
   */
  prefixLength(start: number, room = 0): void {
    const size = this.#length - start - room;
    let prefix = 1;
    for (let rest = size; rest > 0x7f; rest = Math.floor(rest / 128)) prefix++;
    // Eight more, since `u32` below asks for room counted from `start`.
    this.reserve(prefix + 8);
    if (prefix !== room) this.#buffer.copyWithin(start + prefix, start + room, this.#length);
    this.#length = start;
    this.u32(size);
    this.#length += size;
  }

  /** Returns a copy of the content. */
  take(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Returns the content without copying; valid until the next write. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}
