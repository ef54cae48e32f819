import { pageForm, statePageLog2, stateTags } from "../state/format.ts";
import { guestBase, pageLog2 } from "../layout.ts";
import { arenaTop, needRoom, setArenaTop } from "./arena.ts";
import { chunkLength, endChunk, putBytes, putNumber, startChunk } from "./chunk-out.ts";
import {
  copy,
  fill,
  gtu,
  load64,
  ltu,
  memorySize,
  shiftRight64,
  store64,
  text,
} from "./machine.ts";
import { refuseText } from "./print.ts";
import { growMemory } from "./outside.ts";
import { hasMemory } from "./module.ts";
import { position, readEnd, readU32, skipBytes } from "./reader.ts";

// The guest's memory, by pages of 4 KiB. What is zero, or as it was in the state on which this one builds, is left out.

const pageBytes = 4096;
/** As many pages as a chunk holds, with their numbers. */
const softPagesBytes = 0xf000;

/** Hashes of the base's pages, 64 bits each; a page of zeros has 0. */
let hashes = 0;
let hashRoom = 0;
let hashCount = 0;
/** How many pages of the base are not zero. */
let basePages = 0;
/** How many pages the state written last has. */
let pagesWritten = 0;

function pagesNow(): number {
  if (!hasMemory) return 0;
  return (memorySize() - (guestBase >>> pageLog2)) << (pageLog2 - statePageLog2);
}

function isZero(at: number): boolean {
  for (let offset = 0; offset < pageBytes; offset += 32) {
    const here = at + offset;
    if ((load64(here, 0) | load64(here, 8) | load64(here, 16) | load64(here, 24)) !== 0n) {
      return false;
    }
  }
  return true;
}

// Multiplies and mixes: differs for any two pages but once in 2^64 or so.
function hashOf(at: number): bigint {
  if (isZero(at)) return 0n;
  let a = 0x51ed270b9f1c3a7bn;
  let b = 0x2545f4914f6cdd1dn;
  for (let offset = 0; offset < pageBytes; offset += 16) {
    a = (a ^ load64(at + offset, 0)) * 0x1e3779b97f4a7c15n;
    b = (b ^ load64(at + offset, 8)) * 0x3f58476d1ce4e5b9n;
    a = a ^ shiftRight64(a, 32n);
    b = b ^ shiftRight64(b, 29n);
  }
  const sum = (a ^ shiftRight64(b, 31n)) * 0x14d049bb133111ebn + b;
  return sum === 0n ? 1n : sum;
}

function baseHash(page: number): bigint {
  return page < hashCount ? load64(hashes + (page << 3), 0) : 0n;
}

/** Tells whether so few pages differ from the base that only these need be written. */
export function isDeltaWorth(): boolean {
  if (hashes === 0) return false;
  let changed = 0;
  const count = pagesNow();
  for (let page = 0; page < count; page++) {
    if (hashOf(guestBase + (page << statePageLog2)) !== baseHash(page)) changed++;
  }
  return changed + changed <= basePages + 8;
}

// Gives room for a hash of each page; without room there are no deltas.
function roomForHashes(count: number): boolean {
  if (count <= hashRoom) return true;
  const room = count + (count >>> 1);
  if (gtu(room << 3, (guestBase - arenaTop) >>> 1)) return false;
  needRoom(arenaTop, room << 3);
  hashes = arenaTop;
  hashRoom = room;
  setArenaTop(arenaTop + (room << 3));
  return true;
}

function putPage(page: number, form: number): void {
  if (chunkLength() > softPagesBytes) {
    endChunk();
    startPages();
  }
  putNumber((page << 1) | form);
  if (form === pageForm.data) putBytes(guestBase + (page << statePageLog2), pageBytes);
  pagesWritten++;
}

function startPages(): void {
  startChunk(stateTags.memory);
  putNumber(0);
}

/** Writes the memory; with `keep`, what is written can be the base of deltas. */
export function putMemory(keep: boolean): void {
  pagesWritten = 0;
  if (!hasMemory) return;
  startChunk(stateTags.memorySize);
  putNumber(0);
  putNumber(memorySize() - (guestBase >>> pageLog2));
  endChunk();
  const count = pagesNow();
  const kept = keep && roomForHashes(count);
  if (keep && !kept) hashes = 0;
  startPages();
  for (let page = 0; page < count; page++) {
    const at = guestBase + (page << statePageLog2);
    if (kept) store64(hashes + (page << 3), 0, hashOf(at));
    if (!isZero(at)) putPage(page, pageForm.data);
  }
  endPages();
  if (kept) {
    hashCount = count;
    basePages = pagesWritten;
  }
}

/** Writes the pages that differ from the base's. */
export function putChangedMemory(): void {
  pagesWritten = 0;
  startChunk(stateTags.memorySize);
  putNumber(0);
  putNumber(memorySize() - (guestBase >>> pageLog2));
  endChunk();
  const count = pagesNow();
  startPages();
  for (let page = 0; page < count; page++) {
    const hash = hashOf(guestBase + (page << statePageLog2));
    if (hash !== baseHash(page)) putPage(page, hash === 0n ? pageForm.zero : pageForm.data);
  }
  endPages();
}

// A chunk in which there is no page is not written.
function endPages(): void {
  if (chunkLength() > 1) endChunk();
}

function refusePages(): never {
  refuseText(text("the state is not one of this module: its memory"));
}

/** Reads how large the memory is. */
export function readMemorySize(): void {
  if (readU32() !== 0 || !hasMemory) refusePages();
  const pages = readU32();
  const more = pages - (memorySize() - (guestBase >>> pageLog2));
  if (more !== 0 && growMemory(more) === -1) {
    refuseText(text("the host has not as much memory as the state"));
  }
}

/** Reads pages; all that are not in any chunk are zero. */
export function readPages(): void {
  if (readU32() !== 0) refusePages();
  const count = pagesNow();
  while (position < readEnd) {
    const number = readU32();
    const page = number >>> 1;
    if (!ltu(page, count)) refusePages();
    const to = guestBase + (page << statePageLog2);
    if ((number & 1) === pageForm.zero) fill(to, 0, pageBytes);
    else {
      skipBytes(pageBytes);
      copy(to, position - pageBytes, pageBytes);
    }
  }
}
