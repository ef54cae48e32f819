import { scratchStart } from "../layout.ts";
import { lengthAt } from "./args.ts";
import { load32, load8u, store32 } from "./machine.ts";
import { sameBytes } from "./module.ts";
import { answer } from "./pointers.ts";
import {
  fd_close,
  fd_prestat_dir_name,
  fd_prestat_get,
  fd_read,
  fd_write,
  path_filestat_get,
  path_open,
  path_rename,
  path_unlink_file,
} from "./wasi-imports.ts";

// Files of the runtime's own, in the directories that the host gives.

/** Rights: to read, to seek, to tell, to ask for the size. */
const toRead = 2097190n;
/** Rights: to write, and as above. */
const toWrite = 2097254n;
const createAndTruncate = 9;

/** The directory in which the last path was found, and the rest of the path in it. */
export let placeFd = 0;
export let placePath = 0;

// A path that begins with a directory's own name goes on behind it.
function pathInside(path: number, name: number, nameBytes: number): number {
  if (nameBytes === 0) return path;
  if (!sameBytes(path, nameBytes, name, nameBytes)) return path;
  if (load8u(path + nameBytes - 1, 0) === 47) return path + nameBytes;
  if (load8u(path + nameBytes, 0) === 0) return path + nameBytes;
  return load8u(path + nameBytes, 0) === 47 ? path + nameBytes + 1 : path;
}

/** Begins with the first given directory. */
export function startPlaces(): void {
  placeFd = 2;
}

/** Goes to the next given directory behind `placeFd`, for a path that ends with a 0; tells whether there is one. */
export function nextPlace(path: number): boolean {
  for (placeFd++; fd_prestat_get(placeFd, answer) === 0; placeFd++) {
    const nameBytes = load32(answer, 4);
    if (nameBytes > 4096) continue;
    fd_prestat_dir_name(placeFd, scratchStart, nameBytes);
    placePath = pathInside(path, scratchStart, nameBytes);
    return true;
  }
  return false;
}

/** Opens a file for reading in the first directory that has it, as the guest's own libc does; gives its fd, or -1. */
export function openAnywhere(path: number): number {
  placeFd = 2;
  while (nextPlace(path)) {
    const fd = openAt(placeFd, placePath, lengthAt(placePath));
    if (fd >= 0) return fd;
  }
  return -1;
}

/** Finds the directory that has a folder with this path, which ends with a 0; tells whether there is one. */
export function findFolder(path: number): boolean {
  placeFd = 2;
  while (nextPlace(path)) {
    const bytes = lengthAt(placePath);
    // The given directory itself.
    if (bytes === 0) return true;
    const failed = path_filestat_get(placeFd, 1, placePath, bytes, answer);
    if (failed === 0 && load8u(answer, 16) === 3) return true;
  }
  return false;
}

/** Opens a file for reading; gives its descriptor, or -1. */
export function openAt(directory: number, path: number, bytes: number): number {
  const failed = path_open(directory, 1, path, bytes, 0, toRead, 0n, 0, answer);
  return failed === 0 ? load32(answer, 0) : -1;
}

/** Opens a new or emptied file for writing; gives its descriptor, or -1. */
export function createAt(directory: number, path: number, bytes: number): number {
  const failed = path_open(directory, 1, path, bytes, createAndTruncate, toWrite, 0n, 0, answer);
  return failed === 0 ? load32(answer, 0) : -1;
}

/** Reads up to `bytes` bytes; gives how many, or -1. */
export function readSome(fd: number, to: number, bytes: number): number {
  store32(scratchStart, 0, to);
  store32(scratchStart, 4, bytes);
  return fd_read(fd, scratchStart, 1, answer) === 0 ? load32(answer, 0) : -1;
}

/** Writes all bytes; tells whether it could. */
export function writeAll(fd: number, from: number, bytes: number): boolean {
  let at = from;
  while (at < from + bytes) {
    store32(scratchStart, 0, at);
    store32(scratchStart, 4, from + bytes - at);
    if (fd_write(fd, scratchStart, 1, answer) !== 0) return false;
    if (load32(answer, 0) === 0) return false;
    at += load32(answer, 0);
  }
  return true;
}

/** Closes a file. */
export function closeFile(fd: number): void {
  fd_close(fd);
}

/** Gives a file another name in its directory, in place of what has that name. */
export function renameAt(
  directory: number,
  from: number,
  fromBytes: number,
  to: number,
  toBytes: number,
): boolean {
  return path_rename(directory, from, fromBytes, directory, to, toBytes) === 0;
}

/** Removes a file. */
export function removeAt(directory: number, path: number, bytes: number): void {
  path_unlink_file(directory, path, bytes);
}
