import { guestBase, wasiNamesStart } from "../layout.ts";
import { arenaTop, needRoom, setArenaTop } from "./arena.ts";
import { argCount, guestArg, guestPath, readArguments } from "./args.ts";
import { afterLoading, beforeExit, readOptions } from "./control.ts";
import { instantiate, invoke, load, stackTop } from "./driver.ts";
import { closeFile, openAnywhere, readSome } from "./files.ts";
import { load16u, load32, load64, load8u, store32, text, wrap } from "./machine.ts";
import { findExport, functionAt, sameBytes } from "./module.ts";
import { answer, guestPointer } from "./pointers.ts";
import { refuseText } from "./print.ts";
import { environ_get, environ_sizes_get, fd_filestat_get } from "./wasi-imports.ts";

// The program `host app.wasm args…`: the guest's WASI is the host's, with addresses that are `guestBase` higher.

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
  return 0;
}

function readModule(path: number): void {
  const fd = openAnywhere(path);
  if (fd < 0) refuseText(text("cannot be opened in any of the given directories"));
  if (fd_filestat_get(fd, answer) !== 0) refuseText(text("cannot be read"));
  const size = wrap(load64(answer, 32));
  needRoom(arenaTop, size);
  const from = arenaTop;
  setArenaTop(from + size);
  let at = from;
  while (at < from + size) {
    const bytes = readSome(fd, at, from + size - at);
    if (bytes < 0) refuseText(text("cannot be read"));
    if (bytes === 0) refuseText(text("ended before its size"));
    at += bytes;
  }
  closeFile(fd);
  load(from, from + size);
}

/** Runs the program that the first argument behind the options names. */
export function main(): void {
  readArguments();
  readOptions();
  if (guestArg >= argCount)
    refuseText(text("usage: wasmscope-host.wasm [options] app.wasm [args]"));
  readModule(guestPath());
  afterLoading();
  instantiate();
  const name = text("_start");
  const found = findExport(name + 2, load16u(name, 0));
  if (found < 0) refuseText(text("exports no function _start"));
  invoke(functionAt(found), stackTop);
  beforeExit();
}
