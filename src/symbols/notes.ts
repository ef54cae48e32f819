import { DecodeError } from "../bytes/index.ts";

/** More kinds of faults than this say nothing new. */
const maxNotes = 20;

/** Collects what could not be read, one sentence each, without repeating itself. */
export class Notes {
  readonly list: string[] = [];
  readonly #seen = new Set<string>();

  /** Adds a sentence. */
  add(text: string): void {
    if (this.#seen.has(text) || this.#seen.size >= maxNotes) return;
    this.#seen.add(text);
    this.list.push(text);
  }

  /** Adds a decoding error; any other error is thrown again. */
  fault(place: string, error: unknown): void {
    if (!(error instanceof DecodeError)) throw error;
    this.add(`${place}: ${error.message}`);
  }
}
