import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";

/** Reads a file, or standard input for `-`. Throws the file system's errors, which name the file. */
export function readInput(path: string): Uint8Array {
  return naming(path, () => readFileSync(path === "-" ? 0 : path));
}

/** Reads a file, or standard input for `-`, and decompresses what is gzipped. */
export function readZipped(path: string): Uint8Array {
  const bytes = readInput(path);
  return naming(path, () => gunzip(bytes));
}

/** Adds the file to errors that do not say which it is, as those of reading and decompressing do not. */
function naming<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const told = error as NodeJS.ErrnoException;
    if (told.path === undefined) {
      told.message = `${path}: ${told.message.replace(/^E[A-Z]+: /, "")}`;
    }
    throw told;
  }
}

/** Writes a file, or standard output for `-`, whole. */
export function writeOutput(path: string, bytes: Uint8Array): void {
  const descriptor = path === "-" ? 1 : openSync(path, "w");
  try {
    writeWhole(descriptor, bytes);
  } finally {
    if (descriptor !== 1) closeSync(descriptor);
  }
}

/** Writes all bytes to a descriptor, also where a reader takes them slowly. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSome(descriptor, bytes, done);
}

function writeSome(descriptor: number, bytes: Uint8Array, done: number): number {
  try {
    return writeSync(descriptor, bytes, done, bytes.length - done);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A pipe that its reader empties slowly.
    if (code === "EAGAIN") return 0;
    // A pipe whose reader has seen enough (`… -o - | head`).
    if (code === "EPIPE" && descriptor <= 2) return bytes.length - done;
    throw error;
  }
}

/** Gives the SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Compresses so that equal content gives equal bytes on any platform: no time, no operating system. */
export function gzip(bytes: Uint8Array): Uint8Array {
  const zipped = gzipSync(bytes, { level: 9 });
  zipped[9] = 255;
  return zipped;
}

/** Decompresses what starts as gzip does, and returns everything else as it is. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
