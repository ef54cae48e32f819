import { closeSync, fstatSync, readFileSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import type { GuestMemory } from "./memory.ts";
import { fileType, right, WasiError } from "./numbers.ts";

/** What all functions of WASI work on. */
export interface Guest {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly memory: GuestMemory;
  readonly table: DescriptorTable;
}

/** An open file or folder. */
export interface Descriptor {
  /** The system's descriptor; a folder has none. */
  readonly fd?: number;
  /** Whether it belongs to whoever runs the guest, and stays open. */
  readonly stream?: boolean;
  /** A folder's path, without links. */
  readonly folder?: string;
  /** The folder that a guest was given and that this one lies in: nothing outside of it can be reached. */
  readonly root?: string;
  /** A given folder's name. */
  readonly name?: string;
  /** Where the next byte is read or written; undefined: wherever the system is. */
  position?: bigint;
  /** What `fd_readdir` goes on with. */
  entries?: readonly FolderEntry[];
  readonly append?: boolean;
  rights: bigint;
  inheriting: bigint;
}

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly type: number;
  readonly inode: bigint;
}

/** The guest's descriptors by number. */
export class DescriptorTable {
  readonly #rows: (Descriptor | undefined)[] = [];

  /** Takes the lowest free number, as POSIX does. */
  add(descriptor: Descriptor): number {
    const free = this.#rows.indexOf(undefined);
    const number = free < 0 ? this.#rows.length : free;
    this.#rows[number] = descriptor;
    return number;
  }

  at(number: number): Descriptor {
    const found = this.#rows[number >>> 0];
    if (found === undefined) throw new WasiError("EBADF");
    return found;
  }

  /** Gives a descriptor of a file; a folder is an error. */
  file(number: number): Descriptor & { readonly fd: number } {
    const found = this.at(number);
    if (found.fd === undefined) throw new WasiError("EISDIR");
    return found as Descriptor & { readonly fd: number };
  }

  /** Gives a descriptor of a folder; a file is an error. */
  folder(number: number): Descriptor & { readonly folder: string; readonly root: string } {
    const found = this.at(number);
    if (found.folder === undefined) throw new WasiError("ENOTDIR");
    return found as Descriptor & { readonly folder: string; readonly root: string };
  }

  close(number: number): void {
    const { fd, stream } = this.at(number);
    this.#rows[number >>> 0] = undefined;
    if (fd !== undefined && stream !== true) closeSync(fd);
  }

  renumber(from: number, to: number): void {
    const moved = this.at(from);
    this.at(to);
    if (from === to) return;
    this.close(to);
    this.#rows[to >>> 0] = moved;
    this.#rows[from >>> 0] = undefined;
  }

  /** Closes everything that a guest has left open, its streams apart. */
  closeAll(): void {
    for (const [number, row] of this.#rows.entries()) if (row !== undefined) this.close(number);
  }
}

/** Wraps one of the streams that a guest begins with. */
export function streamDescriptor(fd: number): Descriptor {
  return { fd, stream: true, rights: right.all, inheriting: 0n };
}

/** Finds where a file that came open stands, which Node cannot ask; throws `ESPIPE` for what has no place. */
export function positionOf(descriptor: Descriptor & { readonly fd: number }): bigint {
  if (descriptor.position !== undefined) return descriptor.position;
  if (!fstatSync(descriptor.fd).isFile()) throw new WasiError("ESPIPE");
  const info = readInfo(descriptor.fd);
  const position = /^pos:\s+(\d+)$/m.exec(info)?.[1];
  if (position === undefined) throw new WasiError("ESPIPE");
  descriptor.position = BigInt(position);
  return descriptor.position;
}

function readInfo(fd: number): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, "utf8");
  } catch {
    return "";
  }
}

/** Gives WASI's number for the kind of a file. */
export function typeOf(
  status: Pick<
    BigIntStats,
    "isBlockDevice" | "isCharacterDevice" | "isDirectory" | "isFile" | "isSocket" | "isSymbolicLink"
  >,
): number {
  if (status.isFile()) return fileType.regular;
  if (status.isDirectory()) return fileType.directory;
  if (status.isSymbolicLink()) return fileType.link;
  if (status.isCharacterDevice()) return fileType.character;
  if (status.isBlockDevice()) return fileType.block;
  return status.isSocket() ? fileType.socket : fileType.unknown;
}

/** Writes what is known of a file as a `filestat`. */
export function putStatus(memory: GuestMemory, offset: number, status: BigIntStats): void {
  memory.put(offset, 64, (view) => {
    view.setBigUint64(0, BigInt.asUintN(64, status.dev), true);
    view.setBigUint64(8, BigInt.asUintN(64, status.ino), true);
    view.setUint8(16, typeOf(status));
    view.setBigUint64(24, status.nlink, true);
    view.setBigUint64(32, status.size, true);
    view.setBigUint64(40, BigInt.asUintN(64, status.atimeNs), true);
    view.setBigUint64(48, BigInt.asUintN(64, status.mtimeNs), true);
    view.setBigUint64(56, BigInt.asUintN(64, status.ctimeNs), true);
  });
}

/** Chooses the two times, in seconds, that a `set_times` call shall set, from its flags. */
export function timesToSet(
  { atimeNs, mtimeNs }: BigIntStats,
  access: bigint,
  modified: bigint,
  flags: number,
): [access: number, modified: number] {
  if ((flags & 3) === 3 || (flags & 12) === 12) throw new WasiError("EINVAL");
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const chosen = [
    flags & 1 ? BigInt.asUintN(64, access) : flags & 2 ? nowNs : atimeNs,
    flags & 4 ? BigInt.asUintN(64, modified) : flags & 8 ? nowNs : mtimeNs,
  ] as const;
  return [Number(chosen[0]) / 1e9, Number(chosen[1]) / 1e9];
}
