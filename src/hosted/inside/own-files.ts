import { scratchBytes, scratchStart } from "../layout.ts";
import { allocate } from "./arena.ts";
import { copy, load16u, load32, load8u, store32, store8 } from "./machine.ts";
import { sameBytes } from "./module.ts";
import {
  fd_prestat_dir_name,
  fd_prestat_get,
  fd_read,
  fd_write,
  path_filestat_get,
  path_open,
} from "./wasi-imports.ts";

// Files of the runtime's own: the module, states, requests from outside. Paths end in a zero byte.

export const mostBuffers = 4096;
/** Where the host's answers go, behind the lists of buffers. */
export const answer = scratchStart + 8 * mostBuffers;
/** Where names of directories are read, behind that. */
const nameStart = answer + 0x100;

/** Rights to read, to seek, to tell, to ask for the size. */
export const rightsToRead = 2n + 4n + 32n + 2097152n;
/** Rights to write, to seek, to tell. */
export const rightsToWrite = 64n + 4n + 32n;
/** Creates a file or cuts it to nothing. */
export const createOrCut = 9;

/** The directory in which the last file was found, and its path there. */
export let foundDirectory = 0;
export let foundPath = 0;

export function lengthAt(content: number): number {
  let bytes = 0;
  while (load8u(content + bytes, 0) !== 0) bytes++;
  return bytes;
}

/** Gives a new path: the first of both, then a text. */
export function joined(path: number, message: number): number {
  const bytes = lengthAt(path);
  const more = load16u(message, 0);
  const made = allocate(bytes + more + 1);
  copy(made, path, bytes);
  copy(made + bytes, message + 2, more);
  store8(made + bytes + more, 0, 0);
  return made;
}

// A path that begins with a directory's own name goes on behind it.
function pathInside(path: number, name: number, nameBytes: number): number {
  if (nameBytes === 0) return path;
  if (!sameBytes(path, nameBytes, name, nameBytes)) return path;
  if (load8u(path + nameBytes - 1, 0) === 47) return path + nameBytes;
  return load8u(path + nameBytes, 0) === 47 ? path + nameBytes + 1 : path;
}

// Reads the name of a given directory; gives its length, or -1 behind the last one.
function readName(fd: number): number {
  if (fd_prestat_get(fd, answer) !== 0) return -1;
  const bytes = load32(answer, 4);
  if (bytes < 0 || bytes > scratchStart + scratchBytes - nameStart) return 0;
  return fd_prestat_dir_name(fd, nameStart, bytes) === 0 ? bytes : 0;
}

/** Opens a file in the first of the given directories where that is possible; gives the host's descriptor, or -1. */
export function openOwn(path: number, how: number, rights: bigint): number {
  for (let fd = 3; ; fd++) {
    const nameBytes = readName(fd);
    if (nameBytes < 0) return -1;
    const inside = pathInside(path, nameStart, nameBytes);
    if (path_open(fd, 1, inside, lengthAt(inside), how, rights, 0n, 0, answer) === 0) {
      foundDirectory = fd;
      foundPath = inside;
      return load32(answer, 0);
    }
  }
}

/** Finds what is there under this name, as `openOwn` does; tells whether there is something. */
export function findOwn(path: number): boolean {
  for (let fd = 3; ; fd++) {
    const nameBytes = readName(fd);
    if (nameBytes < 0) return false;
    const inside = pathInside(path, nameStart, nameBytes);
    if (path_filestat_get(fd, 1, inside, lengthAt(inside), answer) === 0) {
      foundDirectory = fd;
      foundPath = inside;
      return true;
    }
  }
}

/** Finds a given directory by its name; gives the host's descriptor, or -1. */
export function findGiven(name: number, bytes: number): number {
  for (let fd = 3; ; fd++) {
    const nameBytes = readName(fd);
    if (nameBytes < 0) return -1;
    if (sameBytes(nameStart, nameBytes, name, bytes)) return fd;
  }
}

/** Copies the name of a given directory to memory of its own; gives its length, or -1 if there is none. */
export function givenName(fd: number): number {
  return readName(fd);
}

/** Where `givenName` has put the name. */
export function givenNameStart(): number {
  return nameStart;
}

/** Reads exactly so many bytes; tells whether they were there. */
export function readFully(fd: number, to: number, bytes: number): boolean {
  let at = to;
  while (at < to + bytes) {
    store32(scratchStart, 0, at);
    store32(scratchStart, 4, to + bytes - at);
    if (fd_read(fd, scratchStart, 1, answer) !== 0) return false;
    const count = load32(answer, 0);
    if (count === 0) return false;
    at += count;
  }
  return true;
}

/** Writes so many bytes; gives an error number, or 0. */
export function writeFully(fd: number, from: number, bytes: number): number {
  let at = from;
  while (at < from + bytes) {
    store32(scratchStart, 0, at);
    store32(scratchStart, 4, from + bytes - at);
    const failed = fd_write(fd, scratchStart, 1, answer);
    if (failed !== 0) return failed;
    at += load32(answer, 0);
  }
  return 0;
}
