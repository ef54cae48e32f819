import { statePhases } from "../state/format.ts";
import { wasiNamesStart } from "../layout.ts";
import { arenaTop, needRoom, setArenaTop } from "./arena.ts";
import { prepareChunks } from "./chunk-out.ts";
import { scheduleStates, setBranches, watchDirectory } from "./schedule.ts";
import { takeDescriptors } from "./descriptors.ts";
import { defineAgain, instantiate, invoke, load, proceed, stackTop } from "./driver.ts";
import { prepareFrames } from "./frames.ts";
import { load16u, load64, load8u, text, wrap } from "./machine.ts";
import { refuseText, setSubject } from "./message.ts";
import { findExport, functionAt, sameBytes } from "./module.ts";
import {
  afterOption,
  controlOption,
  everyOption,
  readOptions,
  resumeOption,
  statePathOption,
  stopOption,
} from "./state-options.ts";
import { answer, joined, openOwn, readFully, rightsToRead } from "./own-files.ts";
import { hostArg, hostArgCount, readHostArguments, takeProgram } from "./program.ts";
import { openState, readProgram } from "./resume.ts";
import { phase, setModulePath, setPhase, setStatePath } from "./take-state.ts";
import { fd_close, fd_filestat_get } from "./wasi-imports.ts";

// The program `host [options] app.wasm args…`: the guest's WASI is the host's, with addresses that are `guestBase`
// higher and descriptors of our own.

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

function readModule(path: number): void {
  setSubject(path);
  const fd = openOwn(path, 0, rightsToRead);
  if (fd < 0) refuseText(text("cannot be opened in any of the given directories"));
  if (fd_filestat_get(fd, answer) !== 0) refuseText(text("cannot be read"));
  const size = wrap(load64(answer, 32));
  needRoom(arenaTop, size);
  const from = arenaTop;
  setArenaTop(from + size);
  if (!readFully(fd, from, size)) refuseText(text("cannot be read"));
  fd_close(fd);
  load(from, from + size);
}

function prepareStates(): void {
  const isAsked = statePathOption !== 0 || controlOption !== 0 || resumeOption !== 0;
  if (!isAsked) return;
  prepareChunks();
  prepareFrames();
}

function scheduleAsked(module: number): void {
  if (statePathOption === 0 && controlOption === 0) return;
  if (resumeOption === 0) setModulePath(module);
  const path = statePathOption !== 0 ? statePathOption : joined(controlOption, text("/state.wsc"));
  // Requests can come again and again.
  setStatePath(path, everyOption > 0n || controlOption !== 0);
  scheduleStates(afterOption, everyOption, stopOption);
  if (controlOption !== 0 && !watchDirectory(controlOption)) {
    setSubject(controlOption);
    refuseText(text("is in none of the given directories"));
  }
}

function start(first: number): void {
  if (first >= hostArgCount) {
    refuseText(text("usage: wasmscope-host.wasm [options] app.wasm [args]"));
  }
  readModule(hostArg(first));
  takeProgram(first);
  takeDescriptors();
  scheduleAsked(hostArg(first));
  setBranches(0n);
  setSubject(hostArg(first));
  instantiate();
}

function goOn(first: number): void {
  const path = openState(resumeOption);
  const module = first < hostArgCount ? hostArg(first) : path;
  readModule(module);
  defineAgain();
  setModulePath(module);
  scheduleAsked(module);
  readProgram();
  setSubject(module);
  proceed();
}

/** Runs the program that the first argument names, or goes on with one. */
export function main(): void {
  readHostArguments();
  const first = readOptions();
  prepareStates();
  if (resumeOption === 0) start(first);
  else goOn(first);
  if (phase === statePhases.main) return;
  setPhase(statePhases.main);
  const name = text("_start");
  const found = findExport(name + 2, load16u(name, 0));
  if (found < 0) refuseText(text("exports no function _start"));
  invoke(functionAt(found), stackTop);
}
