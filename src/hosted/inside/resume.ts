import {
  descriptorKinds,
  mostChunkBytes,
  stateKinds,
  statePhases,
  stateTags,
} from "../state/format.ts";
import { global, table } from "../layout.ts";
import { packedStart } from "./chunk-out.ts";
import { fileKind, nextChunk, openChunks, readChunks, readSum } from "./chunk-in.ts";
import { setBranches } from "./schedule.ts";
import {
  clockRecord,
  descriptor,
  descriptorAt,
  makeDescriptor,
  openGuests,
  pathRoom,
} from "./descriptors.ts";
import { dropSegment, growTable } from "./outside.ts";
import { endFrames, readFrames, readReference, readValue, startFrames } from "./frames.ts";
import {
  copy,
  extendU,
  load32,
  load64,
  load8u,
  ltu,
  store32,
  store64,
  store8,
  text,
  wrap,
} from "./machine.ts";
import {
  endRefused,
  print,
  printCount,
  printSubject,
  printText,
  refuseText,
  setSubject,
} from "./print.ts";
import { allocate } from "./arena.ts";
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
import { openAnywhere } from "./files.ts";
import { answer } from "./pointers.ts";
import { findGiven, readFully } from "./state-files.ts";
import { readMemorySize, readPages } from "./pages.ts";
import { rewindOption, skipOption } from "./state-options.ts";
import { addArgument, addVariable } from "./program.ts";
import {
  moduleEnd,
  moduleStart,
  position,
  readByte,
  readEnd,
  readU32,
  skipBytes,
} from "./reader.ts";
import { moduleHashAt, setPhase } from "./take-state.ts";
import {
  clock_time_get,
  fd_close,
  fd_filestat_get,
  fd_filestat_set_size,
  fd_seek,
} from "./wasi-imports.ts";

// Goes on with a program whose state was taken, here or elsewhere. Everything is checked before it runs.

let statePath = 0;

let modulePathRead = 0;
let wantedHash = 0;
let wantedBytes = 0;

let baseChunksWanted = 0;
let baseSumWanted = 0;
let basePath = 0;

function readLong(): bigint {
  skipBytes(8);
  return load64(position - 8, 0);
}

function readModuleChunk(): void {
  wantedHash = allocate(32);
  skipBytes(32);
  copy(wantedHash, position - 32, 32);
  wantedBytes = readU32();
  const bytes = readU32();
  modulePathRead = allocate(bytes + 1);
  skipBytes(bytes);
  copy(modulePathRead, position - bytes, bytes);
  store8(modulePathRead + bytes, 0, 0);
}

function openChunksOf(path: number): number {
  setSubject(path);
  const fd = openAnywhere(path);
  if (fd < 0) refuseText(text("cannot be opened in any of the given directories"));
  openChunks(fd);
  return fd;
}

/** Looks into a state; gives the path under which its module was loaded. */
export function openState(path: number): number {
  statePath = path;
  const fd = openChunksOf(path);
  if (nextChunk() !== stateTags.module) refuseText(text("the state is damaged"));
  readModuleChunk();
  if (fileKind === stateKinds.delta) {
    if (nextChunk() !== stateTags.base) refuseText(text("the state is damaged"));
    readBaseChunk();
  }
  fd_close(fd);
  return modulePathRead;
}

function checkModule(): void {
  const isSame = wantedBytes === moduleEnd - moduleStart;
  if (!isSame || !sameBytes(wantedHash, 32, moduleHashAt(), 32)) {
    refuseText(text("the state is one of another module"));
  }
}

// The base is in the same directory.
function readBaseChunk(): void {
  baseChunksWanted = readU32();
  skipBytes(4);
  baseSumWanted = load32(position - 4, 0);
  const bytes = readU32();
  skipBytes(bytes);
  let end = lengthAt(statePath);
  while (end > 0 && load8u(statePath + end - 1, 0) !== 47) end--;
  basePath = allocate(end + bytes + 1);
  copy(basePath, statePath, end);
  copy(basePath + end, position - bytes, bytes);
  store8(basePath + end + bytes, 0, 0);
}

let globalsRead = 0;
let tableRead = 0;

function readGlobals(): void {
  while (position < readEnd) {
    if (globalsRead >= globalCount)
      refuseText(text("the state is not one of this module: globals"));
    const record = globalAt(globalsRead);
    readValue(load32(record, global.type), record + global.value);
    globalsRead++;
  }
}

function refuseTable(): never {
  refuseText(text("the state is not one of this module: a table"));
}

function readTable(): void {
  const index = readU32();
  if (!ltu(index, tableCount)) refuseTable();
  const record = tableAt(index);
  const size = readU32();
  const from = readU32();
  if (from === 0) {
    tableRead = 0;
    const more = size - load32(record, table.size);
    if (more < 0) refuseTable();
    if (more > 0 && growTable(record, 0, more) === -1) refuseTable();
  }
  if (from !== tableRead) refuseTable();
  while (position < readEnd) {
    if (!ltu(tableRead, size)) refuseTable();
    const at = load32(record, table.elements) + (tableRead << 2);
    store32(at, 0, readReference(load32(record, table.type)));
    tableRead++;
  }
}

function readDropped(): void {
  const isData = readByte() === 0;
  while (position < readEnd) {
    const index = readU32();
    if (!ltu(index, isData ? dataCount : elementCount)) {
      refuseText(text("the state is not one of this module: segments"));
    }
    dropSegment(isData ? dataAt(index) : elementAt(index));
  }
}

// Files: all must be there as they were, before anything runs.

let descriptorPath = 0;
let descriptorPathBytes = 0;

function startFileMessage(): void {
  setSubject(statePath);
  printSubject();
  printText(text("the program's file "));
  print(descriptorPath, descriptorPathBytes);
}

function refuseFile(message: number): never {
  startFileMessage();
  printText(message);
  endRefused();
}

/** Hosts' numbers of given directories, by their numbers when the program began. */
let roots = 0;
const mostRoots = 256;

function rootHost(root: number): number {
  if (roots === 0 || !ltu(root, mostRoots)) return -1;
  return load32(roots + root * 4, 0) - 1;
}

function keepRoot(root: number, host: number): void {
  if (roots === 0) roots = allocate(mostRoots * 4);
  if (ltu(root, mostRoots)) store32(roots + root * 4, 0, host + 1);
}

const rightToWrite = 64n;

function checkSize(host: number, rights: bigint, wanted: bigint): void {
  if (fd_filestat_get(host, answer) !== 0) refuseFile(text(" cannot be looked at"));
  const size = load64(answer, 32);
  if (size === wanted) return;
  const isWritten = (rights & rightToWrite) !== 0n;
  if (rewindOption && !isWritten) return;
  if (rewindOption && size > wanted && fd_filestat_set_size(host, wanted) === 0) return;
  startFileMessage();
  printText(text(" has changed since: it had "));
  printCount(wanted);
  printText(text(" bytes and has "));
  printCount(size);
  endRefused();
}

// What the program has read of its input already is passed over.
function skipInput(bytes: bigint): void {
  let left = bytes;
  while (left > 0n) {
    const part = left < extendU(mostChunkBytes) ? wrap(left) : mostChunkBytes;
    if (!readFully(0, packedStart, part)) {
      refuseText(text("the input is shorter than what the program has read of it"));
    }
    left -= extendU(part);
  }
}

function readDescriptor(): void {
  const fd = readU32();
  const kind = readByte();
  const root = readU32();
  const bytes = readU32();
  skipBytes(bytes);
  const path = position - bytes;
  const flags = readU32();
  const rights = readLong();
  const inherited = readLong();
  const offset = readLong();
  const size = readLong();
  descriptorPath = path;
  descriptorPathBytes = bytes;
  if (!ltu(fd, 1000000)) refuseText(text("the state is damaged"));
  let host = root;
  if (kind === descriptorKinds.preopen) {
    host = findGiven(path, bytes);
    if (host < 0) {
      printSubject();
      printText(text("the program's directory is not given: "));
      print(path, bytes);
      endRefused();
    }
    keepRoot(root, host);
  } else if (kind !== descriptorKinds.stream) {
    const how = kind === descriptorKinds.directory ? 2 : 0;
    const directory = rootHost(root);
    const failed = openGuests(directory, 1, path, bytes, how, rights, inherited, flags, answer);
    if (failed !== 0) refuseFile(text(" cannot be opened any more"));
    host = load32(answer, 0);
    if (kind === descriptorKinds.file) {
      checkSize(host, rights, size);
      if (fd_seek(host, offset, 0, answer) !== 0 && offset !== 0n) {
        refuseFile(text(" has no positions"));
      }
    }
  } else if (!ltu(root, 3)) refuseFile(text(" is a connection, which cannot be taken along"));
  else if (root === 0 && skipOption) skipInput(offset);
  const record = makeDescriptor(fd, host, kind);
  store32(record, descriptor.root, root);
  store32(record, descriptor.flags, flags);
  store64(record, descriptor.rights, rights);
  store64(record, descriptor.inherited, inherited);
  store64(record, descriptor.crossed, offset);
  copy(pathRoom(record, bytes), path, bytes);
}

function checkStamp(fd: number, changedNs: bigint): void {
  const record = descriptorAt(fd);
  if (rewindOption || record === 0) return;
  if ((load64(record, descriptor.rights) & rightToWrite) !== 0n) return;
  if (fd_filestat_get(load32(record, descriptor.host), answer) !== 0) return;
  // Not all hosts tell more than milliseconds.
  const laterNs = load64(answer, 48) - changedNs;
  if (laterNs < 2000000n && laterNs > -2000000n) return;
  descriptorPath = load32(record, descriptor.path);
  descriptorPathBytes = load32(record, descriptor.pathBytes);
  refuseFile(text(" has changed since"));
}

function readStamps(): void {
  while (position < readEnd) {
    const fd = readU32();
    const changedNs = readLong();
    checkStamp(fd, changedNs);
  }
}

function readClocks(): void {
  while (position < readEnd) {
    const clock = readU32();
    const timeNs = readLong();
    if (!ltu(clock, 4) || clock_time_get(clock, 1n, answer) !== 0) continue;
    store64(clockRecord(clock), 0, timeNs - load64(answer, 0));
    store32(clockRecord(clock), 8, 1);
  }
}

function readTexts(isArgument: boolean): void {
  while (position < readEnd) {
    const bytes = readU32();
    skipBytes(bytes);
    if (isArgument) addArgument(position - bytes, bytes);
    else addVariable(position - bytes, bytes);
  }
}

function readChunk(tag: number): void {
  switch (tag) {
    case stateTags.position:
      setBranches(readLong());
      setPhase(readByte() === statePhases.start ? statePhases.start : statePhases.main);
      break;
    case stateTags.module:
    case stateTags.base:
      // These were read at first.
      break;
    case stateTags.argument:
      readTexts(true);
      break;
    case stateTags.environment:
      readTexts(false);
      break;
    case stateTags.frames:
      readFrames();
      break;
    case stateTags.globals:
      readGlobals();
      break;
    case stateTags.table:
      readTable();
      break;
    case stateTags.dropped:
      readDropped();
      break;
    case stateTags.descriptors:
      while (position < readEnd) readDescriptor();
      break;
    case stateTags.stamps:
      readStamps();
      break;
    case stateTags.clocks:
      readClocks();
      break;
    case stateTags.memorySize:
      readMemorySize();
      break;
    case stateTags.memory:
      readPages();
      break;
    default:
      if ((tag & 32) === 0) refuseText(text("has a part that this host does not know"));
  }
}

// Of the base only the memory counts.
function readBase(): void {
  const fd = openChunksOf(basePath);
  for (let tag = nextChunk(); tag !== 0; tag = nextChunk()) {
    if (tag === stateTags.memorySize) readMemorySize();
    if (tag === stateTags.memory) readPages();
  }
  if (readChunks() !== baseChunksWanted || readSum() !== baseSumWanted) {
    refuseText(text("is not the state on which the other one builds"));
  }
  fd_close(fd);
}

/** Brings the program, whose module is loaded, to where it was. */
export function readProgram(): void {
  setSubject(statePath);
  checkModule();
  startFrames();
  if (basePath !== 0) readBase();
  const fd = openChunksOf(statePath);
  for (let tag = nextChunk(); tag !== 0; tag = nextChunk()) readChunk(tag);
  fd_close(fd);
  if (globalsRead !== globalCount) refuseText(text("the state is not one of this module: globals"));
  endFrames();
}
