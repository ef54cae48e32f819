import { descriptorKinds } from "../state/format.ts";
import { scratchStart } from "../layout.ts";
import { allocate } from "./arena.ts";
import { answer, guestBuffers, guestPointer, isGuests } from "./pointers.ts";
import {
  copy,
  extendU,
  fill,
  gtu,
  load16u,
  load32,
  load64,
  load8u,
  store16,
  store32,
  store64,
  store8,
} from "./machine.ts";
import { givenName, givenNameStart, isRootName } from "./state-files.ts";
import {
  clock_time_get,
  fd_close,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_fdstat_set_rights,
  fd_filestat_get,
  fd_prestat_get,
  fd_read,
  fd_write,
  path_filestat_get,
  path_open,
  poll_oneoff,
  sock_accept,
} from "./wasi-imports.ts";

// The guest's descriptors: numbers of our own, since the host that goes on with the program may give others, and what
// has to be known to open them again. A number is the lowest that is free, on all hosts.

/** Offsets in a descriptor; `root` is the number of the given directory, `crossed` counts a stream's bytes. */
export const descriptor = {
  isOpen: 0,
  host: 4,
  kind: 8,
  root: 12,
  flags: 16,
  path: 20,
  pathBytes: 24,
  pathRoom: 28,
  rights: 32,
  inherited: 40,
  crossed: 48,
  /** A directory's entries so far, and the host's number for going on behind them. */
  entryCount: 56,
  entryCookie: 64,
  size: 72,
};
/** What a given directory may do and hand on, on all hosts: everything but what only sockets can. */
const allRights = 0xfffffffn;
const notCapable = 76;
const badDescriptor = 8;
const badAddress = 21;
const invalid = 28;
const directoryFlag = 2;

let descriptors = 0;
let descriptorRoom = 0;
/** One more than the highest number that was ever open. */
export let descriptorCount = 0;

/** Gives the record of an open descriptor, or 0. */
export function descriptorAt(fd: number): number {
  if (!gtu(descriptorCount, fd)) return 0;
  const record = descriptors + fd * descriptor.size;
  return load32(record, descriptor.isOpen) === 0 ? 0 : record;
}

// Node refuses negative numbers in another way than those that are not open.
const noHost = 0x7fffffff;

/** Gives the host's number for the guest's, or one that no host has given. */
export function hostDescriptor(fd: number): number {
  const record = descriptorAt(fd);
  return record === 0 ? noHost : load32(record, descriptor.host);
}

/** Makes a descriptor with this number, or writes over the one that there is. */
export function makeDescriptor(fd: number, host: number, kind: number): number {
  if (fd >= descriptorRoom) {
    const room = fd + fd + 16;
    const made = allocate(room * descriptor.size);
    fill(made, 0, room * descriptor.size);
    copy(made, descriptors, descriptorCount * descriptor.size);
    descriptors = made;
    descriptorRoom = room;
  }
  if (fd >= descriptorCount) descriptorCount = fd + 1;
  const record = descriptors + fd * descriptor.size;
  store32(record, descriptor.isOpen, 1);
  store32(record, descriptor.host, host);
  store32(record, descriptor.kind, kind);
  store32(record, descriptor.root, fd);
  store32(record, descriptor.flags, 0);
  store32(record, descriptor.pathBytes, 0);
  store64(record, descriptor.rights, 0n);
  store64(record, descriptor.inherited, 0n);
  store64(record, descriptor.crossed, 0n);
  store64(record, descriptor.entryCount, 0n);
  store64(record, descriptor.entryCookie, 0n);
  return record;
}

function lowestFree(): number {
  let fd = 0;
  while (descriptorAt(fd) !== 0) fd++;
  return fd;
}

/** Gives room for a path; what was there before is used again if it is large enough. */
export function pathRoom(record: number, bytes: number): number {
  if (bytes > load32(record, descriptor.pathRoom)) {
    store32(record, descriptor.path, allocate(bytes + bytes));
    store32(record, descriptor.pathRoom, bytes + bytes);
  }
  store32(record, descriptor.pathBytes, bytes);
  return load32(record, descriptor.path);
}

/** Lets the guest have the standard streams and all given directories but a hidden one, where we get commands. */
export function takeDescriptors(hidden: number): void {
  for (let fd = 0; fd < 3; fd++) makeDescriptor(fd, fd, descriptorKinds.stream);
  for (let fd = 3; ; fd++) {
    const bytes = givenName(fd);
    if (bytes < 0) return;
    // Who names the directory of everything means the guest's, too.
    if (fd === hidden && !isRootName(givenNameStart(), bytes)) continue;
    const record = makeDescriptor(descriptorCount, fd, descriptorKinds.preopen);
    copy(pathRoom(record, bytes), givenNameStart(), bytes);
  }
}

// The guest's own path, behind that of the directory if this is no given one.
function keepPath(record: number, parent: number, from: number, bytes: number): void {
  const isGiven = load32(parent, descriptor.kind) === descriptorKinds.preopen;
  const before = isGiven ? 0 : load32(parent, descriptor.pathBytes) + 1;
  const to = pathRoom(record, before + bytes);
  if (!isGiven) {
    copy(to, load32(parent, descriptor.path), before - 1);
    store8(to + before - 1, 0, 47);
  }
  copy(to + before, from, bytes);
}

// What taking a state and going on from it do with a file: seek, tell, ask for its size; and cut it if it is written.
const ownRights = 0x200024n;
const rightToCut = 0x400000n;

/** Opens a file for the guest; the host's number is at `opened`. Rights that the host never gives are not insisted on. */
export function openGuests(
  directory: number,
  lookup: number,
  path: number,
  bytes: number,
  how: number,
  rights: bigint,
  inherited: bigint,
  flags: number,
  opened: number,
): number {
  let wanted = rights;
  if ((how & directoryFlag) === 0) wanted = wanted | ownRights;
  if ((rights & 64n) !== 0n) wanted = wanted | rightToCut;
  const failed = path_open(directory, lookup, path, bytes, how, wanted, inherited, flags, opened);
  if (failed !== notCapable || fd_fdstat_get(directory, answer) !== 0) return failed;
  const most = load64(answer, 16);
  const less = wanted & most;
  return path_open(directory, lookup, path, bytes, how, less, inherited & most, flags, opened);
}

// Some hosts write the bytes between fields, others leave them: here they are 0, so that memory is the same.

export function own_fd_prestat_get(slots: number): number {
  const told = guestPointer(load32(slots, 8));
  const failed = fd_prestat_get(hostDescriptor(load32(slots, 0)), told);
  // The first field, 0, tells that it is a directory; it takes a byte of four.
  if (failed === 0) store32(told, 0, 0);
  return failed;
}

export function own_fd_filestat_get(slots: number): number {
  const told = guestPointer(load32(slots, 8));
  const failed = fd_filestat_get(hostDescriptor(load32(slots, 0)), told);
  if (failed === 0) store64(told, 16, extendU(load8u(told, 16)));
  return failed;
}

export function own_path_filestat_get(slots: number): number {
  const told = guestPointer(load32(slots, 32));
  const path = guestPointer(load32(slots, 16));
  const host = hostDescriptor(load32(slots, 0));
  const failed = path_filestat_get(host, load32(slots, 8), path, load32(slots, 24), told);
  if (failed === 0) store64(told, 16, extendU(load8u(told, 16)));
  return failed;
}

// What hosts tell of rights differs; the guest is told what it asked for.
export function own_fd_fdstat_get(slots: number): number {
  const record = descriptorAt(load32(slots, 0));
  if (record === 0) return badDescriptor;
  const told = guestPointer(load32(slots, 8));
  const failed = fd_fdstat_get(load32(record, descriptor.host), told);
  const kind = load32(record, descriptor.kind);
  if (failed !== 0) return failed;
  store8(told, 1, 0);
  store32(told, 4, 0);
  if (kind === descriptorKinds.stream) return 0;
  const isGiven = kind === descriptorKinds.preopen;
  store64(told, 8, isGiven ? allRights : load64(record, descriptor.rights));
  store64(told, 16, isGiven ? allRights : load64(record, descriptor.inherited));
  return 0;
}

export function own_path_open(slots: number): number {
  const directory = load32(slots, 0);
  const path = guestPointer(load32(slots, 16));
  const bytes = load32(slots, 24);
  const how = load32(slots, 32);
  const rights = load64(slots, 40);
  const inherited = load64(slots, 48);
  const flags = load32(slots, 56);
  const opened = guestPointer(load32(slots, 64));
  const host = hostDescriptor(directory);
  if (!isGuests(load32(slots, 64), 4)) return badAddress;
  const lookup = load32(slots, 8);
  const failed = openGuests(host, lookup, path, bytes, how, rights, inherited, flags, opened);
  if (failed !== 0) return failed;
  const fd = lowestFree();
  const isDirectory = (how & directoryFlag) !== 0;
  const kind = isDirectory ? descriptorKinds.directory : descriptorKinds.file;
  const record = makeDescriptor(fd, load32(opened, 0), kind);
  const parent = descriptorAt(directory);
  store32(record, descriptor.root, load32(parent, descriptor.root));
  store32(record, descriptor.flags, flags);
  store64(record, descriptor.rights, rights);
  store64(record, descriptor.inherited, inherited);
  keepPath(record, parent, path, bytes);
  store32(opened, 0, fd);
  return 0;
}

export function own_fd_close(slots: number): number {
  const record = descriptorAt(load32(slots, 0));
  if (record === 0) return badDescriptor;
  const failed = fd_close(load32(record, descriptor.host));
  if (failed === 0) store32(record, descriptor.isOpen, 0);
  return failed;
}

export function own_fd_renumber(slots: number): number {
  const from = descriptorAt(load32(slots, 0));
  const to = descriptorAt(load32(slots, 8));
  if (from === 0 || to === 0) return badDescriptor;
  if (from === to) return 0;
  const failed = fd_close(load32(to, descriptor.host));
  if (failed !== 0) return failed;
  const path = load32(to, descriptor.path);
  const room = load32(to, descriptor.pathRoom);
  copy(to, from, descriptor.size);
  store32(from, descriptor.isOpen, 0);
  // Each record keeps room for a path; they have changed places.
  store32(from, descriptor.path, path);
  store32(from, descriptor.pathRoom, room);
  return 0;
}

function countCrossed(fd: number, failed: number, counted: number): number {
  const record = descriptorAt(fd);
  if (failed === 0 && load32(record, descriptor.kind) === descriptorKinds.stream) {
    const before = load64(record, descriptor.crossed);
    store64(record, descriptor.crossed, before + extendU(load32(counted, 0)));
  }
  return failed;
}

export function own_fd_read(slots: number): number {
  const fd = load32(slots, 0);
  const buffers = guestBuffers(load32(slots, 8), load32(slots, 16));
  const counted = guestPointer(load32(slots, 24));
  const failed = fd_read(hostDescriptor(fd), buffers, load32(slots, 16), counted);
  return countCrossed(fd, failed, counted);
}

export function own_fd_write(slots: number): number {
  const fd = load32(slots, 0);
  const buffers = guestBuffers(load32(slots, 8), load32(slots, 16));
  const counted = guestPointer(load32(slots, 24));
  const failed = fd_write(hostDescriptor(fd), buffers, load32(slots, 16), counted);
  return countCrossed(fd, failed, counted);
}

export function own_fd_fdstat_set_flags(slots: number): number {
  const fd = load32(slots, 0);
  const flags = load32(slots, 8);
  const failed = fd_fdstat_set_flags(hostDescriptor(fd), flags);
  if (failed === 0) store32(descriptorAt(fd), descriptor.flags, flags);
  return failed;
}

export function own_fd_fdstat_set_rights(slots: number): number {
  const fd = load32(slots, 0);
  const rights = load64(slots, 8);
  const inherited = load64(slots, 16);
  const failed = fd_fdstat_set_rights(hostDescriptor(fd), rights, inherited);
  if (failed === 0) {
    store64(descriptorAt(fd), descriptor.rights, rights);
    store64(descriptorAt(fd), descriptor.inherited, inherited);
  }
  return failed;
}

export function own_sock_accept(slots: number): number {
  const accepted = guestPointer(load32(slots, 16));
  if (!isGuests(load32(slots, 16), 4)) return badAddress;
  const host = hostDescriptor(load32(slots, 0));
  const failed = sock_accept(host, load32(slots, 8), accepted);
  if (failed !== 0) return failed;
  const fd = lowestFree();
  makeDescriptor(fd, load32(accepted, 0), descriptorKinds.stream);
  store32(accepted, 0, fd);
  return 0;
}

// Clocks that begin anywhere go on in another process where they stood: 1 since the start, 2 and 3 of the processor.
const mostClocks = 4;
let clockRecords = 0;

/** Gives the address of what is added to a clock (0) and whether the guest has asked for it (8). */
export function clockRecord(clock: number): number {
  if (clockRecords === 0) clockRecords = allocate(mostClocks * 16);
  return clockRecords + clock * 16;
}

function isRelative(clock: number): boolean {
  return clock > 0 && clock < mostClocks;
}

export function own_clock_time_get(slots: number): number {
  const clock = load32(slots, 0);
  const told = guestPointer(load32(slots, 16));
  const failed = clock_time_get(clock, load64(slots, 8), told);
  if (failed === 0 && isRelative(clock)) {
    const record = clockRecord(clock);
    store32(record, 8, 1);
    store64(told, 0, load64(told, 0) + load64(record, 0));
  }
  return failed;
}

/** Offsets in an event; only those of descriptors have what is behind the kind. */
const event = { error: 8, kind: 10, bytes: 16, flags: 24, size: 32 };

function clearEvents(events: number, count: number): void {
  for (let index = 0; index < count; index++) {
    const at = events + index * event.size;
    const kind = load8u(at, event.kind);
    const error = load16u(at, event.error);
    store64(at, event.error, 0n);
    store16(at, event.error, error);
    store8(at, event.kind, kind);
    if (kind === 0) store64(at, event.bytes, 0n);
    const flags = kind === 0 ? 0 : load16u(at, event.flags);
    store64(at, event.flags, extendU(flags));
  }
}

const subscription = { tag: 8, id: 16, timeNs: 24, flags: 40, size: 48 };
const mostSubscriptions = 1300;

export function own_poll_oneoff(slots: number): number {
  const count = load32(slots, 16);
  if (gtu(count, mostSubscriptions)) return invalid;
  if (!isGuests(load32(slots, 0), count * subscription.size)) return badAddress;
  copy(scratchStart, guestPointer(load32(slots, 0)), count * subscription.size);
  for (let index = 0; index < count; index++) {
    const at = scratchStart + index * subscription.size;
    const id = load32(at, subscription.id);
    if (load8u(at, subscription.tag) !== 0) store32(at, subscription.id, hostDescriptor(id));
    else if ((load32(at, subscription.flags) & 1) !== 0 && isRelative(id)) {
      // An absolute time of the guest's clock.
      const timeNs = load64(at, subscription.timeNs) - load64(clockRecord(id), 0);
      store64(at, subscription.timeNs, timeNs < 0n ? 0n : timeNs);
    }
  }
  const events = guestPointer(load32(slots, 8));
  const happened = guestPointer(load32(slots, 24));
  const failed = poll_oneoff(scratchStart, events, count, happened);
  if (failed === 0) clearEvents(events, load32(happened, 0));
  return failed;
}
