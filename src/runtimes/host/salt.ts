import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A custom section: its id, its size, the size of its name and the name, `salt`; then eight bytes of salt. */
const head = [0, 13, 4, 0x73, 0x61, 0x6c, 0x74] as const;
const saltBytes = 8;

/**
 * Reads a module and appends a custom section that makes its bytes differ from those read before: engines that keep
 * what they compiled by the bytes, as V8 does, would else answer a second compilation from there.
 *
 * @param salt Differs for each load of a process.
 */
export function readSalted(path: string, salt: bigint): Uint8Array<ArrayBuffer> {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const bytes = new Uint8Array(size + head.length + saltBytes);
    let at = 0;
    while (at < size) {
      const length = readSync(descriptor, bytes, at, size - at, null);
      if (length === 0) throw new Error(`${path}: it became shorter while it was read`);
      at += length;
    }
    bytes.set(head, at);
    new DataView(bytes.buffer).setBigUint64(at + head.length, salt);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

/** Makes salt that differs between processes as well as between loads. */
export function makeSalt(): () => bigint {
  let next = process.hrtime.bigint() << 16n;
  return () => BigInt.asUintN(64, next++);
}
