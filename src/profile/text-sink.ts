import { Sink } from "../bytes/index.ts";

const encoder = new TextEncoder();

/** Returns a text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}

/**
 * Collects text as UTF-8. One string would do if it could be longer than half a gigabyte; short
 * pieces are joined before they are encoded, as encoding has a fixed price.
 */
export class TextSink {
  readonly #sink = new Sink(2 ** 16);
  #pending = "";

  /** Appends text. */
  text(text: string): void {
    this.#pending += text;
    if (this.#pending.length > 2 ** 14) this.#flush();
  }

  /** Appends bytes that are UTF-8 already. */
  bytes(bytes: Uint8Array): void {
    this.#flush();
    this.#sink.bytes(bytes);
  }

  /** Returns all that was written, without copying: the sink has done its work. */
  take(): Uint8Array {
    this.#flush();
    return this.#sink.view();
  }

  #flush(): void {
    const text = this.#pending;
    this.#pending = "";
    // The encoder's fixed price is high for a few characters between stacks.
    if (text.length < 32 && isAscii(text)) {
      for (let index = 0; index < text.length; index++) this.#sink.byte(text.charCodeAt(index));
    } else {
      this.#sink.bytes(encoder.encode(text));
    }
  }
}
