import { statePhases } from "../state/format.ts";
import { wasiNamesStart } from "../layout.ts";
import { arenaTop, needRoom, setArenaTop } from "./arena.ts";
import { argCount, guestArg, guestPath, readArguments } from "./args.ts";
import { prepareChunks } from "./chunk-out.ts";
import {
  afterLoading,
  beforeExit,
  commandsDirectory,
  isControlled,
  readOptions,
} from "./control.ts";
import { takeDescriptors } from "./descriptors.ts";
import { defineAgain, instantiate, invoke, load, proceed, stackTop } from "./driver.ts";
import { closeFile, openAnywhere } from "./files.ts";
import { prepareFrames } from "./frames.ts";
import { load16u, load64, load8u, text, wrap } from "./machine.ts";
import { findExport, functionAt, sameBytes } from "./module.ts";
import { answer } from "./pointers.ts";
import { refuseText, setSubject } from "./print.ts";
import { takeProgram } from "./program.ts";
import { openState, readProgram } from "./resume.ts";
import { scheduleStates, setBranches } from "./schedule.ts";
import { readFully } from "./state-files.ts";
import {
  afterOption,
  everyOption,
  resumeOption,
  statePathOption,
  stopOption,
} from "./state-options.ts";
import { phase, setModulePath, setPhase, setStatePath } from "./take-state.ts";
import { fd_filestat_get } from "./wasi-imports.ts";

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
  const fd = openAnywhere(path);
  if (fd < 0) refuseText(text("cannot be opened in any of the given directories"));
  if (fd_filestat_get(fd, answer) !== 0) refuseText(text("cannot be read"));
  const size = wrap(load64(answer, 32));
  needRoom(arenaTop, size);
  const from = arenaTop;
  setArenaTop(from + size);
  if (!readFully(fd, from, size)) refuseText(text("cannot be read"));
  closeFile(fd);
  load(from, from + size);
}

function wantsStates(): boolean {
  return statePathOption !== 0 || isControlled();
}

function scheduleAsked(module: number): void {
  if (!wantsStates()) return;
  if (resumeOption === 0) setModulePath(module);
  if (statePathOption !== 0) setStatePath(statePathOption, everyOption > 0n || isControlled());
  scheduleStates(afterOption, everyOption, stopOption);
}

function start(): void {
  if (guestArg >= argCount) {
    refuseText(text("usage: wasmscope-host.wasm [options] app.wasm [args]"));
  }
  readModule(guestPath());
  takeProgram();
  takeDescriptors(commandsDirectory());
  scheduleAsked(guestPath());
  setBranches(0n);
  setSubject(0);
  afterLoading();
  instantiate();
}

function goOn(): void {
  const path = openState(resumeOption);
  const module = guestArg < argCount ? guestPath() : path;
  readModule(module);
  defineAgain();
  setModulePath(module);
  scheduleAsked(module);
  readProgram();
  setSubject(module);
  afterLoading();
  proceed();
}

/** Runs the program that the first argument behind the options names, or goes on with one. */
export function main(): void {
  readArguments();
  readOptions();
  if (wantsStates() || resumeOption !== 0) {
    prepareChunks();
    prepareFrames();
  }
  if (resumeOption === 0) start();
  else goOn();
  if (phase === statePhases.start) {
    setPhase(statePhases.main);
    const name = text("_start");
    const found = findExport(name + 2, load16u(name, 0));
    if (found < 0) refuseText(text("exports no function _start"));
    invoke(functionAt(found), stackTop);
  }
  beforeExit();
}
