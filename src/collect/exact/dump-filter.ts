import { frameMark } from "../../instrument/index.ts";

const lineFeed = 0x0a;
const mark = Buffer.from(frameMark);

/**
 * Takes the raw profiles out of what a guest writes on its standard error: the lines that start with the mark, and the
 * line feed in front of each header, which the instrumented module wrote. Everything else passes as it comes.
 */
export class DumpFilter {
  readonly #pass: (bytes: Uint8Array) => void;
  readonly #taken: Buffer[] = [];
  /** The last line feed and what may become the mark behind it. */
  #held: Buffer = Buffer.alloc(0);
  /** Whether what comes next begins a line, the line feed in front of it passed or taken. */
  #lineStart = true;
  #inMark = false;

  constructor(pass: (bytes: Uint8Array) => void) {
    this.#pass = pass;
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    let rest: Buffer = Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    while (rest.length > 0) rest = this.#inMark ? this.#takeLine(rest) : this.#passText(rest);
  }

  /** Says that nothing more comes. */
  end(): void {
    if (this.#held.length > 0) this.#pass(this.#held);
    this.#held = Buffer.alloc(0);
  }

  /** The raw profiles as text. */
  get text(): string {
    return Buffer.concat(this.#taken).toString("latin1");
  }

  /** Takes a line of a raw profile, or what there is of it. */
  #takeLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(lineFeed);
    const stop = end < 0 ? bytes.length : end + 1;
    this.#taken.push(bytes.subarray(0, stop));
    if (end >= 0) {
      this.#inMark = false;
      this.#lineStart = true;
    }
    return bytes.subarray(stop);
  }

  /** Passes text up to the next line that may be one of a raw profile. */
  #passText(bytes: Buffer): Buffer {
    if (this.#lineStart && begins(bytes, 0)) {
      if (bytes.length < mark.length) return this.#hold(bytes);
      this.#inMark = true;
      return bytes;
    }
    this.#lineStart = false;
    let at = bytes.indexOf(lineFeed);
    while (at >= 0 && !begins(bytes, at + 1)) at = bytes.indexOf(lineFeed, at + 1);
    if (at < 0) return this.#passAll(bytes);
    if (at > 0) this.#pass(bytes.subarray(0, at));
    if (bytes.length - at - 1 < mark.length) return this.#hold(bytes.subarray(at));
    this.#inMark = true;
    return bytes.subarray(at + 1);
  }

  #passAll(bytes: Buffer): Buffer {
    this.#pass(bytes);
    return bytes.subarray(bytes.length);
  }

  #hold(bytes: Buffer): Buffer {
    this.#held = Buffer.from(bytes);
    return bytes.subarray(bytes.length);
  }
}

/** Says whether the mark stands at a place, or what there is may become it. */
function begins(bytes: Buffer, at: number): boolean {
  const there = Math.min(mark.length, bytes.length - at);
  return bytes.compare(mark, 0, there, at, at + there) === 0;
}
