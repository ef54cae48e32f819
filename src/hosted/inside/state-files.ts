import { scratchBytes, scratchStart } from "../layout.ts";
import { allocate } from "./arena.ts";
import { lengthAt } from "./args.ts";
import { createAt, nextPlace, placeFd, placePath, readSome, startPlaces } from "./files.ts";
import { copy, load16u, load32, load8u, store32, store8 } from "./machine.ts";
import { sameBytes } from "./module.ts";
import { answer } from "./pointers.ts";
import { fd_prestat_dir_name, fd_prestat_get, fd_write } from "./wasi-imports.ts";

// What states need of files, beside `files.ts`. Paths end with a 0.

/** Where names of directories are read, behind answers. */
const nameStart = answer + 0x100;

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

/** Opens a new or emptied file in the first given directory where that is possible; gives its descriptor, or -1. */
export function createAnywhere(path: number): number {
  startPlaces();
  while (nextPlace(path)) {
    const fd = createAt(placeFd, placePath, lengthAt(placePath));
    if (fd >= 0) return fd;
  }
  return -1;
}

// Reads the name of a given directory; gives its length, or -1 behind the last one.
function readName(fd: number): number {
  if (fd_prestat_get(fd, answer) !== 0) return -1;
  const bytes = load32(answer, 4);
  if (bytes < 0 || bytes > scratchStart + scratchBytes - nameStart) return 0;
  return fd_prestat_dir_name(fd, nameStart, bytes) === 0 ? bytes : 0;
}

/** Tells whether it is ".", "/" or "./": some hosts have one of these names for the same directory. */
export function isRootName(name: number, bytes: number): boolean {
  for (let index = 0; index < bytes; index++) {
    const byte = load8u(name + index, 0);
    if (byte !== 47 && (byte !== 46 || index > 0)) return false;
  }
  return true;
}

/** Finds a given directory by its name; gives the host's descriptor, or -1. */
export function findGiven(name: number, bytes: number): number {
  const isRoot = isRootName(name, bytes);
  for (let fd = 3; ; fd++) {
    const nameBytes = readName(fd);
    if (nameBytes < 0) return -1;
    if (sameBytes(nameStart, nameBytes, name, bytes)) return fd;
    if (isRoot && isRootName(nameStart, nameBytes)) return fd;
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
    const count = readSome(fd, at, to + bytes - at);
    if (count <= 0) return false;
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
