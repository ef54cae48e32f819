import { createRequire } from "node:module";

/** An address in this process; null is none. */
export type Pointer = bigint | null;

/** What koffi gives, as far as it is used. */
interface Koffi {
  load(path: string): { func(name: string, result: string, parameters: string[]): ForeignFunction };
  view(address: bigint, length: number): ArrayBuffer;
  address(buffer: Buffer): bigint;
}

/** A C function: pointers are bigints or buffers, which must stay referenced for as long as C keeps them. */
export type ForeignFunction = (...values: readonly unknown[]) => unknown;

/** Says whether libraries in C can be called. */
export function hasForeignCalls(): boolean {
  try {
    createRequire(import.meta.url).resolve("koffi");
    return true;
  } catch {
    return false;
  }
}

/** The command that gives what `hasForeignCalls` asks for. */
export const mendForeignCalls = "npm install koffi";

/** A library in C. */
export interface ForeignLibrary {
  /** Finds a function by its signature, as in `void f(void *, size_t)`; undefined when the library has it not. */
  find(name: string, result: string, parameters: readonly string[]): ForeignFunction | undefined;
  /** Copies bytes at an address. */
  bytesAt(address: bigint, length: number): Buffer;
  /** Gives the address of a buffer's content, which is right for as long as the buffer is referenced. */
  addressOf(buffer: Buffer): bigint;
}

/** Loads a library in C. Throws when there is none at the path. */
export function loadForeign(path: string): ForeignLibrary {
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const library = koffi.load(path);
  return {
    find(name, result, parameters) {
      try {
        return library.func(name, result, [...parameters]);
      } catch {
        return undefined;
      }
    },
    // The outer copy: the view is on memory that C frees.
    bytesAt: (address, length) => Buffer.from(Buffer.from(koffi.view(address, length))),
    addressOf: (buffer) => koffi.address(buffer),
  };
}

/** Ends a text as C wants it. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** Puts texts one behind the other, and their addresses into an array, as C wants a list of texts. */
export function cStrings(texts: readonly string[], library: ForeignLibrary): CStrings {
  const all = texts.map(cString);
  const content = Buffer.concat([...all, Buffer.alloc(1)]);
  const array = Buffer.alloc(8 * Math.max(texts.length, 1));
  let address = library.addressOf(content);
  for (const [at, text] of all.entries()) {
    array.writeBigUInt64LE(address, 8 * at);
    address += BigInt(text.length);
  }
  return { array, content };
}

/** A list of texts for C; both buffers must stay referenced. */
export interface CStrings {
  readonly array: Buffer;
  readonly content: Buffer;
}
