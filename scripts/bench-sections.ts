import { readFileSync } from "node:fs";

/** Reads a file as plain bytes: a `Buffer` has another `slice`, which copies nothing. */
export function readModule(file: string): Uint8Array {
  const { buffer, byteOffset, length } = readFileSync(file);
  return new Uint8Array(buffer, byteOffset, length);
}

/** Sizes in bytes of a core module: the whole file and the payload of its code section. */
export interface ModuleSize {
  readonly file: number;
  readonly code: number;
}

/** Reads the sizes from the section headers alone, independently of the codec that is being measured. */
export function moduleSize(bytes: Uint8Array): ModuleSize {
  let code = 0;
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("the module ends inside a section header");
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (id === 10) code = size;
    at += size;
  }
  return { file: bytes.length, code };
}
