import {
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  readdirSync,
  readSync,
  readvSync,
  statSync,
  utimesSync,
  writeSync,
  writevSync,
} from "node:fs";
import { join } from "node:path";
import { isatty } from "node:tty";
import { positionOf, putStatus, timesToSet, typeOf } from "./guest.ts";
import type { Descriptor, FolderEntry, Guest } from "./guest.ts";
import { errnos, fdFlag, fileType, right, WasiError } from "./numbers.ts";

/** A function of WASI's: gives nothing for success, or an error's number, or throws one. */
export type WasiFunction = (...args: never[]) => number | void;

/** Makes the functions on open files and folders. */
export function fileFunctions({ memory, table }: Guest): Record<string, WasiFunction> {
  const buffersAt = (offset: number, count: number): Uint8Array<ArrayBuffer>[] =>
    Array.from({ length: Math.min(count >>> 0, 1024) }, (_, i) =>
      memory.bytes(memory.u32(offset + 8 * i), memory.u32(offset + 8 * i + 4)),
    );

  const read = (fd: number, buffers: number, count: number, at?: bigint): number => {
    const file = table.file(fd);
    if (!(file.rights & right.read)) throw new WasiError("EBADF");
    const from = at ?? file.position;
    const moved = moveIn(file.fd, buffersAt(buffers, count), from);
    if (at === undefined && from !== undefined) file.position = from + BigInt(moved);
    return moved;
  };

  const write = (fd: number, buffers: number, count: number, at?: bigint): number => {
    const file = table.file(fd);
    if (!(file.rights & right.write)) throw new WasiError("EBADF");
    // What is only appended to has its end where the system says.
    const from = file.append === true ? undefined : (at ?? file.position);
    const moved = moveOut(file.fd, buffersAt(buffers, count), from);
    if (file.append === true) file.position = fstatSync(file.fd, { bigint: true }).size;
    else if (at === undefined && from !== undefined) file.position = from + BigInt(moved);
    return moved;
  };

  const seek = (fd: number, offset: bigint, whence: number, result: number): void => {
    const file = table.file(fd);
    const here = positionOf(file);
    const from = [0n, here, whence === 2 ? fstatSync(file.fd, { bigint: true }).size : 0n][whence];
    if (from === undefined || from + offset < 0n) throw new WasiError("EINVAL");
    file.position = from + offset;
    memory.putU64(result, file.position);
  };

  const statusOf = ({ fd, folder }: Descriptor) =>
    fd === undefined ? statSync(folder!, { bigint: true }) : fstatSync(fd, { bigint: true });

  return {
    fd_read: (fd: number, buffers: number, count: number, result: number) =>
      memory.putU32(result, read(fd, buffers, count)),
    fd_pread: (fd: number, buffers: number, count: number, at: bigint, result: number) =>
      memory.putU32(result, read(fd, buffers, count, BigInt.asUintN(64, at))),
    fd_write: (fd: number, buffers: number, count: number, result: number) =>
      memory.putU32(result, write(fd, buffers, count)),
    fd_pwrite: (fd: number, buffers: number, count: number, at: bigint, result: number) =>
      memory.putU32(result, write(fd, buffers, count, BigInt.asUintN(64, at))),
    fd_seek: seek,
    fd_tell: (fd: number, result: number) => seek(fd, 0n, 1, result),
    fd_filestat_get: (fd: number, result: number) =>
      putStatus(memory, result, statusOf(table.at(fd))),
    fd_fdstat_get: (fd: number, result: number) => {
      const file = table.at(fd);
      const type = typeOf(statusOf(file));
      // wasi-libc takes a character device that can neither seek nor tell for a terminal.
      const terminal = type === fileType.character && file.fd !== undefined && isatty(file.fd);
      const rights = terminal ? file.rights & ~(right.seek | right.tell) : file.rights;
      memory.put(result, 24, (view) => {
        view.setUint8(0, type);
        view.setUint16(2, file.append === true ? fdFlag.append : 0, true);
        view.setBigUint64(8, rights, true);
        view.setBigUint64(16, file.inheriting, true);
      });
    },
    // Node cannot change an open file's flags; setting those that it has is all.
    fd_fdstat_set_flags: (fd: number, flags: number) => {
      const has = table.at(fd).append === true ? fdFlag.append : 0;
      if ((flags & ~fdFlag.nonblock) !== has) throw new WasiError("ENOTSUP");
    },
    fd_fdstat_set_rights: (fd: number, base: bigint, inheriting: bigint) => {
      const file = table.at(fd);
      if (base & ~file.rights || inheriting & ~file.inheriting) throw new WasiError("ENOTCAPABLE");
      file.rights = base;
      file.inheriting = inheriting;
    },
    fd_filestat_set_size: (fd: number, size: bigint) => {
      ftruncateSync(table.file(fd).fd, Number(BigInt.asUintN(64, size)));
    },
    fd_filestat_set_times: (fd: number, access: bigint, modified: bigint, flags: number) => {
      const file = table.at(fd);
      const times = timesToSet(statusOf(file), access, modified, flags);
      if (file.fd === undefined) utimesSync(file.folder!, ...times);
      else futimesSync(file.fd, ...times);
    },
    // Advice may be ignored.
    fd_advise: (fd: number, _offset: bigint, _size: bigint, advice: number) => {
      table.file(fd);
      if (advice >>> 0 > 5) throw new WasiError("EINVAL");
    },
    fd_allocate: (fd: number, offset: bigint, size: bigint) => {
      const file = table.file(fd);
      const end = BigInt.asUintN(64, offset) + BigInt.asUintN(64, size);
      if (fstatSync(file.fd, { bigint: true }).size < end) ftruncateSync(file.fd, Number(end));
    },
    fd_datasync: (fd: number) => fdatasyncSync(table.file(fd).fd),
    fd_sync: (fd: number) => {
      const { fd: open } = table.at(fd);
      if (open !== undefined) fsyncSync(open);
    },
    fd_close: (fd: number) => table.close(fd),
    fd_renumber: (from: number, to: number) => table.renumber(from, to),
    fd_prestat_get: (fd: number, result: number) => {
      const { name } = table.at(fd);
      if (name === undefined) throw new WasiError("EBADF");
      memory.putU32(result, 0);
      memory.putU32(result + 4, encoder.encode(name).length);
    },
    fd_prestat_dir_name: (fd: number, to: number, size: number) => {
      const { name } = table.at(fd);
      if (name === undefined) throw new WasiError("EBADF");
      const bytes = encoder.encode(name);
      if (bytes.length > size >>> 0) throw new WasiError("ENAMETOOLONG");
      memory.bytes(to, bytes.length).set(bytes);
    },
    fd_readdir: (fd: number, to: number, size: number, cookie: bigint, result: number) => {
      const folder = table.folder(fd);
      if (cookie === 0n || folder.entries === undefined) folder.entries = listFolder(folder.folder);
      const buffer = memory.bytes(to, size >>> 0);
      memory.putU32(result, putEntries(buffer, folder.entries, Number(cookie)));
    },
    sock_accept: (fd: number) => noSocket(table.at(fd)),
    sock_recv: (fd: number) => noSocket(table.at(fd)),
    sock_send: (fd: number) => noSocket(table.at(fd)),
    sock_shutdown: (fd: number) => noSocket(table.at(fd)),
  };
}

const encoder = new TextEncoder();

/** One buffer is by far the most frequent, and needs no list. Positions beyond 2^53 do not occur. */
function moveIn(fd: number, buffers: Uint8Array<ArrayBuffer>[], at: bigint | undefined): number {
  const position = at === undefined ? null : Number(at);
  const [only] = buffers;
  if (only === undefined) return 0;
  try {
    if (buffers.length === 1) return readSync(fd, only, 0, only.length, position);
    return readvSync(fd, buffers, position ?? undefined);
  } catch (error) {
    // Some say so of a terminal or pipe whose other end is closed.
    if ((error as NodeJS.ErrnoException).code === "EOF") return 0;
    throw error;
  }
}

function moveOut(fd: number, buffers: Uint8Array<ArrayBuffer>[], at: bigint | undefined): number {
  const position = at === undefined ? null : Number(at);
  const [only] = buffers;
  if (only === undefined) return 0;
  if (buffers.length === 1) return writeSync(fd, only, 0, only.length, position);
  return writevSync(fd, buffers, position ?? undefined);
}

function noSocket(_descriptor: Descriptor): number {
  return errnos.ENOTSOCK;
}

/** Lists a folder as the system does, itself and its parent first. */
function listFolder(folder: string): FolderEntry[] {
  const own = [".", ".."].map((name) => ({
    name,
    type: fileType.directory,
    // The parent is not the guest's to know.
    inode: name === "." ? lstatSync(folder, { bigint: true }).ino : 0n,
  }));
  const others = readdirSync(folder, { withFileTypes: true }).map((entry) => ({
    name: entry.name,
    type: typeOf(entry),
    inode: lstatSync(join(folder, entry.name), { bigint: true, throwIfNoEntry: false })?.ino ?? 0n,
  }));
  return [...own, ...others];
}

/** Writes as many entries as fit, the last one cut: the guest sees a full buffer and asks again from there. */
function putEntries(
  to: Uint8Array<ArrayBuffer>,
  entries: readonly FolderEntry[],
  from: number,
): number {
  let used = 0;
  for (let at = from; at < entries.length && used < to.length; at++) {
    const { name, type, inode } = entries[at]!;
    const text = encoder.encode(name);
    const whole = new Uint8Array(24 + text.length);
    const view = new DataView(whole.buffer);
    view.setBigUint64(0, BigInt(at + 1), true);
    view.setBigUint64(8, BigInt.asUintN(64, inode), true);
    view.setUint32(16, text.length, true);
    view.setUint8(20, type);
    whole.set(text, 24);
    const fits = whole.subarray(0, to.length - used);
    to.set(fits, used);
    used += fits.length;
  }
  return used;
}
