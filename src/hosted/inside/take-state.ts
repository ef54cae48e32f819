import { descriptorKinds, stateKinds, statePhases, stateTags } from "../state/format.ts";
import { global, segment, table } from "../layout.ts";
import { allocate } from "./arena.ts";
import {
  chunkLength,
  endChunk,
  endFile,
  put32,
  put64,
  putByte,
  putBytes,
  putName,
  putNumber,
  startChunk,
  startFile,
  writtenChunks,
  writtenSum,
} from "./chunk-out.ts";
import { clockRecord, descriptor, descriptorAt, descriptorCount } from "./descriptors.ts";
import { putFrames, putReference, putValue, softChunkBytes } from "./frames.ts";
import { extendU, load32, load64, load8u, text } from "./machine.ts";
import { printCount, printSubject, printText, setSubject } from "./print.ts";
import {
  dataAt,
  dataCount,
  elementAt,
  elementCount,
  globalAt,
  globalCount,
  sameBytes,
  tableAt,
  tableCount,
} from "./module.ts";
import { lengthAt } from "./args.ts";
import { placeFd, placePath, removeAt, renameAt } from "./files.ts";
import { answer } from "./pointers.ts";
import { createAnywhere, joined } from "./state-files.ts";
import { isDeltaWorth, putChangedMemory, putMemory } from "./pages.ts";
import { argsAt, environmentAt, environmentCount, programArgCount } from "./program.ts";
import { moduleEnd, moduleStart } from "./reader.ts";
import { sha256 } from "./sha256.ts";
import { clock_time_get, fd_close, fd_filestat_get, fd_tell } from "./wasi-imports.ts";

// Takes the program's state: writes all of it to a file beside the wanted one, which then takes that one's name, so
// that at any time there is either the old state or the new one.

let modulePath = 0;
let moduleHash = 0;
/** Which of `statePhases` the program is in. */
export let phase: number = statePhases.start;

export function setPhase(now: number): void {
  phase = now;
}

/** Tells under which path the module was loaded, and keeps its hash. */
export function setModulePath(path: number): void {
  modulePath = path;
  moduleHash = allocate(32);
  sha256(moduleStart, moduleEnd - moduleStart, moduleHash);
}

/** Gives the address of the module's hash. */
export function moduleHashAt(): number {
  return moduleHash;
}

// The files: the full state, the delta that builds on it, and both while they are written.
let fullPath = 0;
let deltaPath = 0;
let fullTemporary = 0;
let deltaTemporary = 0;
/** Whether states that follow the first may be deltas. */
let wantsDeltas = false;
let hasBase = false;
let baseChunks = 0;
let baseSum = 0;

/** Sets where states go. */
export function setStatePath(path: number, deltas: boolean): void {
  const isSame = fullPath !== 0 && sameBytes(fullPath, lengthAt(fullPath), path, lengthAt(path));
  if (isSame) return;
  hasBase = false;
  fullPath = path;
  deltaPath = joined(path, text(".delta"));
  fullTemporary = joined(path, text(".tmp"));
  deltaTemporary = joined(deltaPath, text(".tmp"));
  wantsDeltas = deltas;
}

function putModule(): void {
  startChunk(stateTags.module);
  putBytes(moduleHash, 32);
  putNumber(moduleEnd - moduleStart);
  putName(modulePath, lengthAt(modulePath));
  endChunk();
}

// The last part of a path.
function fileName(path: number): number {
  let at = path + lengthAt(path);
  while (at > path && load8u(at - 1, 0) !== 47) at--;
  return at;
}

function putBase(): void {
  startChunk(stateTags.base);
  putNumber(baseChunks);
  put32(baseSum);
  const name = fileName(fullPath);
  putName(name, lengthAt(name));
  endChunk();
}

function putPosition(branches: bigint): void {
  startChunk(stateTags.position);
  put64(branches);
  putByte(phase);
  endChunk();
}

function putTexts(tag: number, from: number, count: number): void {
  let at = from;
  startChunk(tag);
  for (let index = 0; index < count; index++) {
    const bytes = lengthAt(at);
    // A text that no chunk can hold is cut; no system passes such arguments.
    putName(at, bytes < softChunkBytes ? bytes : softChunkBytes);
    at += bytes + 1;
    if (chunkLength() > softChunkBytes) {
      endChunk();
      startChunk(tag);
    }
  }
  if (chunkLength() > 0) endChunk();
}

function putGlobals(): void {
  startChunk(stateTags.globals);
  for (let index = 0; index < globalCount; index++) {
    const record = globalAt(index);
    putValue(load32(record, global.type), record + global.value);
    if (chunkLength() > softChunkBytes) {
      endChunk();
      startChunk(stateTags.globals);
    }
  }
  if (chunkLength() > 0) endChunk();
}

function startTable(index: number, size: number, from: number): void {
  startChunk(stateTags.table);
  putNumber(index);
  putNumber(size);
  putNumber(from);
}

function putTable(index: number): void {
  const record = tableAt(index);
  const size = load32(record, table.size);
  const elements = load32(record, table.elements);
  startTable(index, size, 0);
  for (let element = 0; element < size; element++) {
    if (chunkLength() > softChunkBytes) {
      endChunk();
      startTable(index, size, element);
    }
    putReference(load32(record, table.type), load32(elements + (element << 2), 0));
  }
  endChunk();
}

function isDropped(record: number): boolean {
  return load32(record, segment.kind) === 1 && load32(record, segment.length) === 0;
}

function startDropped(kind: number): void {
  startChunk(stateTags.dropped);
  putByte(kind);
}

function putDroppedOne(kind: number, index: number): void {
  putNumber(index);
  if (chunkLength() <= softChunkBytes) return;
  endChunk();
  startDropped(kind);
}

function putDropped(): void {
  startDropped(0);
  for (let index = 0; index < dataCount; index++) {
    if (isDropped(dataAt(index))) putDroppedOne(0, index);
  }
  if (chunkLength() > 1) endChunk();
  startDropped(1);
  for (let index = 0; index < elementCount; index++) {
    if (isDropped(elementAt(index))) putDroppedOne(1, index);
  }
  if (chunkLength() > 1) endChunk();
}

function putDescriptor(fd: number, record: number): void {
  const host = load32(record, descriptor.host);
  let kind = load32(record, descriptor.kind);
  const isDirectory = fd_filestat_get(host, answer) === 0 && load8u(answer, 16) === 3;
  if (kind === descriptorKinds.file && isDirectory) kind = descriptorKinds.directory;
  const isFile = kind === descriptorKinds.file;
  let offset = load64(record, descriptor.crossed);
  let size = 0n;
  if (isFile) {
    offset = fd_tell(host, answer) === 0 ? load64(answer, 0) : 0n;
    if (fd_filestat_get(host, answer) === 0) size = load64(answer, 32);
  }
  putNumber(fd);
  putByte(kind);
  putNumber(load32(record, descriptor.root));
  putName(load32(record, descriptor.path), load32(record, descriptor.pathBytes));
  putNumber(load32(record, descriptor.flags));
  put64(load64(record, descriptor.rights));
  put64(load64(record, descriptor.inherited));
  put64(offset);
  put64(size);
}

// Given directories first: the others need them to be opened again.
function putDescriptors(): void {
  startChunk(stateTags.descriptors);
  for (let round = 0; round < 2; round++) {
    for (let fd = 0; fd < descriptorCount; fd++) {
      const record = descriptorAt(fd);
      if (record === 0) continue;
      const isGiven = load32(record, descriptor.kind) === descriptorKinds.preopen;
      if (isGiven !== (round === 0)) continue;
      putDescriptor(fd, record);
      if (chunkLength() > softChunkBytes) {
        endChunk();
        startChunk(stateTags.descriptors);
      }
    }
  }
  if (chunkLength() > 0) endChunk();
}

// When files were changed that are only read: those that are written change anyway.
function putStamps(): void {
  startChunk(stateTags.stamps);
  for (let fd = 0; fd < descriptorCount; fd++) {
    const record = descriptorAt(fd);
    if (record === 0 || load32(record, descriptor.kind) !== descriptorKinds.file) continue;
    if ((load64(record, descriptor.rights) & 64n) !== 0n) continue;
    if (fd_filestat_get(load32(record, descriptor.host), answer) !== 0) continue;
    putNumber(fd);
    put64(load64(answer, 48));
    if (chunkLength() > softChunkBytes) {
      endChunk();
      startChunk(stateTags.stamps);
    }
  }
  if (chunkLength() > 0) endChunk();
}

function putClocks(): void {
  startChunk(stateTags.clocks);
  for (let clock = 1; clock < 4; clock++) {
    const record = clockRecord(clock);
    if (load32(record, 8) === 0 || clock_time_get(clock, 1n, answer) !== 0) continue;
    putNumber(clock);
    put64(load64(answer, 0) + load64(record, 0));
  }
  if (chunkLength() > 0) endChunk();
}

function putState(isDelta: boolean, branches: bigint): void {
  putModule();
  if (isDelta) putBase();
  putPosition(branches);
  putTexts(stateTags.argument, argsAt, programArgCount);
  putTexts(stateTags.environment, environmentAt, environmentCount);
  putFrames();
  putGlobals();
  for (let index = 0; index < tableCount; index++) putTable(index);
  putDropped();
  putDescriptors();
  putStamps();
  putClocks();
  if (isDelta) putChangedMemory();
  else putMemory(wantsDeltas);
}

function sayFailed(failed: number): boolean {
  setSubject(fullPath);
  printSubject();
  printText(text("the state cannot be written"));
  if (failed > 0) {
    printText(text(" (WASI error "));
    printCount(extendU(failed));
    printText(text(")"));
  }
  printText(text("\n"));
  return false;
}

// What has changed its name cannot be half written, whatever happens.
function publish(fd: number, path: number, temporary: number): boolean {
  fd_close(fd);
  // Both paths begin in the same way, with what names the directory.
  const from = placePath;
  const to = path + (placePath - temporary);
  return renameAt(placeFd, from, lengthAt(from), to, lengthAt(to));
}

/** Takes the state; tells whether that worked, else says why not. */
export function takeState(branches: bigint): boolean {
  const isDelta = hasBase && isDeltaWorth();
  const temporary = isDelta ? deltaTemporary : fullTemporary;
  const fd = createAnywhere(temporary);
  if (fd < 0) return sayFailed(0);
  startFile(fd, isDelta ? stateKinds.delta : stateKinds.full);
  putState(isDelta, branches);
  const failed = endFile();
  if (failed !== 0) {
    fd_close(fd);
    removeAt(placeFd, placePath, lengthAt(placePath));
  }
  if (failed !== 0 || !publish(fd, isDelta ? deltaPath : fullPath, temporary)) {
    hasBase = false;
    return sayFailed(failed);
  }
  if (isDelta) return true;
  hasBase = wantsDeltas;
  baseChunks = writtenChunks();
  baseSum = writtenSum();
  return true;
}
