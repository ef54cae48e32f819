import { scratchStart } from "../layout.ts";
import { descriptor, descriptorAt } from "./descriptors.ts";
import { guestPointer, isGuests } from "./pointers.ts";
import { copy, load16u, load32, load64, load8u, store32, store64 } from "./machine.ts";
import { fd_readdir } from "./wasi-imports.ts";

// Reading directories. Where a host goes on is a number that only this host knows; the guest's numbers count entries,
// so that a program can go on with a directory on another host. The directory itself and the one above, which some
// hosts list and others do not, are left out.

/** Offsets in an entry; the name follows. */
const directoryEntry = { next: 0, nameBytes: 16, kind: 20, size: 24 };
const listBytes = 0x8000;
/** Where the host says how much it has listed. */
const listedAt = scratchStart + listBytes;

const noDescriptor = 8;
const noAddress = 21;

let listFrom = 0;
let listEnd = 0;
let listCookie = 0n;
let listHost = 0;

// Asks for what follows `listCookie`; gives an error number, or 0.
function list(): number {
  const failed = fd_readdir(listHost, scratchStart, listBytes, listCookie, listedAt);
  listFrom = scratchStart;
  listEnd = failed === 0 ? scratchStart + load32(listedAt, 0) : scratchStart;
  return failed;
}

let listFailed = 0;

function entryBytes(): number {
  return directoryEntry.size + load32(listFrom, directoryEntry.nameBytes);
}

function isListed(): boolean {
  return listFrom + directoryEntry.size <= listEnd && listFrom + entryBytes() <= listEnd;
}

function isDots(): boolean {
  const bytes = load32(listFrom, directoryEntry.nameBytes);
  if (load8u(listFrom, directoryEntry.size) !== 46) return false;
  return bytes === 1 || (bytes === 2 && load16u(listFrom, directoryEntry.size) === 0x2e2e);
}

function step(): void {
  listCookie = load64(listFrom, directoryEntry.next);
  listFrom += entryBytes();
}

// Makes sure that an entry which counts is at `listFrom`; tells whether there is one.
function hasEntry(): boolean {
  for (;;) {
    if (!isListed()) {
      // What is cut off at the end is asked for again; less than a full list is the end.
      if (listFrom > scratchStart && listEnd < scratchStart + listBytes) return false;
      listFailed = list();
      if (listFailed !== 0 || !isListed()) return false;
    }
    if (!isDots()) return true;
    step();
  }
}

function startList(record: number, wanted: bigint): boolean {
  listHost = load32(record, descriptor.host);
  let count = 0n;
  listCookie = 0n;
  if (wanted >= load64(record, descriptor.entryCount)) {
    count = load64(record, descriptor.entryCount);
    listCookie = load64(record, descriptor.entryCookie);
  }
  listFailed = list();
  for (; count < wanted; count += 1n) {
    if (!hasEntry()) return false;
    step();
  }
  return listFailed === 0;
}

export function own_fd_readdir(slots: number): number {
  const record = descriptorAt(load32(slots, 0));
  if (record === 0) return noDescriptor;
  const room = load32(slots, 16);
  const isThere = isGuests(load32(slots, 8), room) && isGuests(load32(slots, 32), 4);
  if (!isThere) return noAddress;
  const to = guestPointer(load32(slots, 8));
  const wanted = load64(slots, 24);
  let used = 0;
  if (startList(record, wanted)) {
    for (let count = wanted; used < room && hasEntry();) {
      store64(record, descriptor.entryCount, count);
      store64(record, descriptor.entryCookie, listCookie);
      const bytes = entryBytes();
      const left = room - used;
      count += 1n;
      const next = load64(listFrom, directoryEntry.next);
      store64(listFrom, directoryEntry.next, count);
      // Three bytes behind the kind are of nothing.
      store32(listFrom, directoryEntry.kind, load8u(listFrom, directoryEntry.kind));
      copy(to + used, listFrom, bytes < left ? bytes : left);
      store64(listFrom, directoryEntry.next, next);
      used += bytes < left ? bytes : left;
      step();
    }
  }
  if (listFailed !== 0) return listFailed;
  store32(guestPointer(load32(slots, 32)), 0, used);
  return 0;
}
