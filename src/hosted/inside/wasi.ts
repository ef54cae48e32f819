import { guestBase, lastAddress, scratchStart, wasiNamesStart } from "../layout.ts";
import { allocate, arenaTop, needRoom, setArenaTop } from "./arena.ts";
import { instantiate, invoke, load, stackTop } from "./driver.ts";
import {
  copy,
  gtu,
  load16u,
  load32,
  load64,
  load8u,
  store32,
  text,
  trapUnreachable,
  wrap,
} from "./machine.ts";
import { findExport, functionAt, sameBytes } from "./module.ts";
import {
  args_get,
  args_sizes_get,
  environ_get,
  environ_sizes_get,
  fd_close,
  fd_filestat_get,
  fd_prestat_dir_name,
  fd_prestat_get,
  fd_read,
  fd_write,
  path_open,
  proc_exit,
} from "./wasi-imports.ts";

// The program `host app.wasm args…`: the guest's WASI is the host's, with addresses that are `guestBase` higher.

const success = 0;
/** The exit code of failures of our own, as `env` and `timeout` have it. */
const ownFailure = 125;
const mostBuffers = 4096;
/** Where answers of few bytes go, behind the lists of buffers. */
const answer = scratchStart + 8 * mostBuffers;

let argCount = 0;
let argPointers = 0;
let argBytes = 0;

/** Gives the host's address for the guest's, or one that no memory has. */
export function guestPointer(address: number): number {
  return gtu(address, lastAddress) ? -1 : address + guestBase;
}

/** Gives a list of buffers with the host's addresses. */
export function guestBuffers(list: number, count: number): number {
  if (gtu(count, mostBuffers)) return -1;
  const from = guestPointer(list);
  for (let index = 0; index < count; index++) {
    const to = scratchStart + index * 8;
    store32(to, 0, guestPointer(load32(from + index * 8, 0)));
    store32(to, 4, load32(from + index * 8, 4));
  }
  return scratchStart;
}

/** Finds the number of a function of WASI. */
export function findHost(
  module: number,
  moduleBytes: number,
  name: number,
  nameBytes: number,
  _ordinal: number,
): number {
  const wasi = text("wasi_snapshot_preview1");
  if (!sameBytes(module, moduleBytes, wasi + 2, load16u(wasi, 0))) return -1;
  let at = wasiNamesStart;
  for (let id = 0; load8u(at, 0) !== 0; id++) {
    const bytes = load8u(at, 0);
    if (sameBytes(name, nameBytes, at + 1, bytes)) return id;
    at += 1 + bytes;
  }
  return -1;
}

function print(from: number, bytes: number): void {
  store32(answer, 0, from);
  store32(answer, 4, bytes);
  fd_write(2, answer, 1, answer + 8);
}

function printText(message: number): void {
  print(message + 2, load16u(message, 0));
}

function argAt(index: number): number {
  return load32(argPointers + index * 4, 0);
}

function lengthAt(content: number): number {
  let bytes = 0;
  while (load8u(content + bytes, 0) !== 0) bytes++;
  return bytes;
}

/** Says what is wrong with the module, and ends. */
export function refuse(message: number, bytes: number): never {
  printText(text("wasmscope-host: "));
  if (argCount > 1) {
    print(argAt(1), lengthAt(argAt(1)));
    printText(text(": "));
  }
  print(message, bytes);
  printText(text("\n"));
  proc_exit(ownFailure);
  trapUnreachable();
}

function refuseText(message: number): never {
  refuse(message + 2, load16u(message, 0));
}

/** Answers `args_sizes_get`: the guest's own name is its first argument. */
export function own_args_sizes_get(slots: number): number {
  store32(guestPointer(load32(slots, 0)), 0, argCount - 1);
  store32(guestPointer(load32(slots, 8)), 0, argBytes - (argAt(1) - argAt(0)));
  return success;
}

/** Answers `args_get`. */
export function own_args_get(slots: number): number {
  const pointers = guestPointer(load32(slots, 0));
  let content = guestPointer(load32(slots, 8));
  for (let index = 1; index < argCount; index++) {
    const bytes = lengthAt(argAt(index)) + 1;
    store32(pointers + (index - 1) * 4, 0, content - guestBase);
    copy(content, argAt(index), bytes);
    content += bytes;
  }
  return success;
}

/** Answers `environ_get`: the host writes its own addresses. */
export function own_environ_get(slots: number): number {
  const pointers = guestPointer(load32(slots, 0));
  const failed = environ_get(pointers, guestPointer(load32(slots, 8)));
  if (failed !== 0) return failed;
  environ_sizes_get(answer, answer + 4);
  for (let index = 0; index < load32(answer, 0); index++) {
    const at = pointers + index * 4;
    store32(at, 0, load32(at, 0) - guestBase);
  }
  return success;
}

function readArguments(): void {
  args_sizes_get(answer, answer + 4);
  argCount = load32(answer, 0);
  argBytes = load32(answer, 4);
  argPointers = allocate(argCount * 4 + 4);
  args_get(argPointers, allocate(argBytes));
}

// A path that begins with a directory's own name goes on behind it.
function pathInside(path: number, name: number, nameBytes: number): number {
  if (nameBytes === 0) return path;
  if (!sameBytes(path, nameBytes, name, nameBytes)) return path;
  if (load8u(path + nameBytes - 1, 0) === 47) return path + nameBytes;
  return load8u(path + nameBytes, 0) === 47 ? path + nameBytes + 1 : path;
}

// Tries one directory after the other, as the guest's own libc does; gives a descriptor, or -1.
function openModule(path: number): number {
  for (let fd = 3; fd_prestat_get(fd, answer) === 0; fd++) {
    const nameBytes = load32(answer, 4);
    if (nameBytes > 4096) continue;
    fd_prestat_dir_name(fd, scratchStart, nameBytes);
    const inside = pathInside(path, scratchStart, nameBytes);
    // Reading, seeking, telling, asking for the size.
    const rights = 2n + 4n + 32n + 2097152n;
    const failed = path_open(fd, 1, inside, lengthAt(inside), 0, rights, 0n, 0, answer);
    if (failed === 0) return load32(answer, 0);
  }
  return -1;
}

function readModule(path: number): void {
  const fd = openModule(path);
  if (fd < 0) refuseText(text("cannot be opened in any of the given directories"));
  if (fd_filestat_get(fd, answer) !== 0) refuseText(text("cannot be read"));
  const size = wrap(load64(answer, 32));
  needRoom(arenaTop, size);
  const from = arenaTop;
  setArenaTop(from + size);
  let at = from;
  while (at < from + size) {
    store32(scratchStart, 0, at);
    store32(scratchStart, 4, from + size - at);
    if (fd_read(fd, scratchStart, 1, answer) !== 0) refuseText(text("cannot be read"));
    const bytes = load32(answer, 0);
    if (bytes === 0) refuseText(text("ended before its size"));
    at += bytes;
  }
  fd_close(fd);
  load(from, from + size);
}

/** Runs the program that the first argument names. */
export function main(): void {
  readArguments();
  if (argCount < 2) refuseText(text("usage: wasmscope-host.wasm app.wasm [args]"));
  readModule(argAt(1));
  instantiate();
  const name = text("_start");
  const found = findExport(name + 2, load16u(name, 0));
  if (found < 0) refuseText(text("exports no function _start"));
  invoke(functionAt(found), stackTop);
}
