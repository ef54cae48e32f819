import {
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  closeSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import type { WasiFunction } from "./file-functions.ts";
import { putStatus, timesToSet } from "./guest.ts";
import type { Guest } from "./guest.ts";
import { fdFlag, followLink, openFlag, right, WasiError } from "./numbers.ts";

/** Makes the functions that take paths, which stay beneath the folders that the guest was given. */
export function pathFunctions({ memory, table }: Guest): Record<string, WasiFunction> {
  const pathAt = (folder: number, offset: number, size: number, follow = 0): string => {
    const { folder: base, root } = table.folder(folder);
    return beneath(root, base, memory.text(offset, size >>> 0), (follow & followLink) !== 0);
  };

  return {
    path_create_directory: (folder: number, path: number, size: number) =>
      mkdirSync(pathAt(folder, path, size)),
    path_remove_directory: (folder: number, path: number, size: number) =>
      rmdirSync(pathAt(folder, path, size)),
    path_unlink_file: (folder: number, path: number, size: number) => {
      const name = pathAt(folder, path, size);
      // What the system itself says, `EISDIR`, is not what all hosts hand on.
      if (lstatSync(name).isDirectory()) throw new WasiError("EISDIR");
      unlinkSync(name);
    },
    path_rename: (...[from, old, oldSize, to, path, size]: number[]) =>
      renameSync(pathAt(from!, old!, oldSize!), pathAt(to!, path!, size!)),
    path_link: (...[from, follow, old, oldSize, to, path, size]: number[]) =>
      linkSync(pathAt(from!, old!, oldSize!, follow), pathAt(to!, path!, size!)),
    path_symlink: (
      target: number,
      targetSize: number,
      folder: number,
      path: number,
      size: number,
    ) => {
      const text = memory.text(target, targetSize >>> 0);
      if (text.startsWith("/")) throw new WasiError("ENOTCAPABLE");
      symlinkSync(text, pathAt(folder, path, size));
    },
    path_readlink: (...[folder, path, size, to, room, result]: number[]) => {
      const text = new TextEncoder().encode(readlinkSync(pathAt(folder!, path!, size!)));
      const part = text.subarray(0, room! >>> 0);
      memory.bytes(to!, part.length).set(part);
      memory.putU32(result!, part.length);
    },
    path_filestat_get: (
      folder: number,
      follow: number,
      path: number,
      size: number,
      result: number,
    ) => putStatus(memory, result, lstatSync(pathAt(folder, path, size, follow), { bigint: true })),
    path_filestat_set_times: (
      folder: number,
      follow: number,
      path: number,
      size: number,
      access: bigint,
      modified: bigint,
      flags: number,
    ) => {
      const name = pathAt(folder, path, size, follow);
      const times = timesToSet(lstatSync(name, { bigint: true }), access, modified, flags);
      if (follow & followLink) utimesSync(name, ...times);
      else lutimesSync(name, ...times);
    },
    path_open: (
      folder: number,
      follow: number,
      path: number,
      size: number,
      how: number,
      rights: bigint,
      inheriting: bigint,
      flags: number,
      result: number,
    ) => {
      const from = table.folder(folder);
      const name = beneath(
        from.root,
        from.folder,
        memory.text(path, size >>> 0),
        (follow & followLink) !== 0,
      );
      const wanted = {
        rights: BigInt.asUintN(64, rights) & from.inheriting,
        inheriting: BigInt.asUintN(64, inheriting) & from.inheriting,
      };
      const status = statSync(name, { throwIfNoEntry: false });
      if (how & openFlag.directory && how & ~openFlag.directory) throw new WasiError("EINVAL");
      if (status?.isDirectory() === true) {
        if (how & openFlag.exclusive) throw new WasiError("EEXIST");
        if (how & (openFlag.create | openFlag.truncate)) throw new WasiError("EISDIR");
        const real = realpathSync(name);
        const number = table.add({ folder: real, root: from.root, ...wanted });
        memory.putU32(result, number);
        return;
      }
      if (how & openFlag.directory) throw new WasiError(status ? "ENOTDIR" : "ENOENT");
      const fd = openSync(name, systemFlags(how, wanted.rights, flags), 0o666);
      const append = (flags & fdFlag.append) !== 0;
      const place = fstatIsFile(fd) ? { position: 0n } : {};
      memory.putU32(
        result,
        addOrClose(fd, () => table.add({ fd, append, ...place, ...wanted })),
      );
    },
  };
}

function addOrClose(fd: number, add: () => number): number {
  try {
    return add();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function fstatIsFile(fd: number): boolean {
  return fstatSync(fd).isFile();
}

/**
 * Finds what a guest's path names. Node opens by whole paths only, so that links are looked at here, one step before
 * the file is opened: someone who changes folders into links at that moment gets out. So this keeps programs from
 * accidents; it is no wall against an attacker.
 */
function beneath(root: string, base: string, path: string, follow: boolean): string {
  if (path.includes("\0")) throw new WasiError("EINVAL");
  if (path === "") throw new WasiError("ENOENT");
  if (path.startsWith("/")) throw new WasiError("ENOTCAPABLE");
  let at = base;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const mustBeFolder = path.endsWith("/") || path.endsWith("/.");
  for (let steps = 0; parts.length > 0;) {
    const part = parts.shift()!;
    if (part === "..") {
      at = dirname(at);
      if (!contains(root, at)) throw new WasiError("ENOTCAPABLE");
      continue;
    }
    const next = join(at, part);
    const last = parts.length === 0;
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() === true && (!last || follow || mustBeFolder)) {
      if (++steps > 40) throw new WasiError("ELOOP");
      const target = readlinkSync(next);
      if (target.startsWith("/")) throw new WasiError("ENOTCAPABLE");
      parts.unshift(...target.split("/").filter((piece) => piece !== "" && piece !== "."));
      continue;
    }
    if (found === undefined && !last) throw new WasiError("ENOENT");
    if (found?.isDirectory() === false && (!last || mustBeFolder)) throw new WasiError("ENOTDIR");
    at = next;
  }
  return at;
}

function contains(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Gives the system's flags for what a guest asks for. */
function systemFlags(how: number, rights: bigint, flags: number): number {
  const reads = (rights & (right.read | right.readdir)) !== 0n;
  const writing = right.write | right.datasync | right.allocate | right.setSize;
  const writes = (rights & writing) !== 0n;
  const mode = writes ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  return (
    mode |
    // The path has no link any more that shall be followed.
    constants.O_NOFOLLOW |
    (how & openFlag.create ? constants.O_CREAT : 0) |
    (how & openFlag.exclusive ? constants.O_EXCL : 0) |
    (how & openFlag.truncate ? constants.O_TRUNC : 0) |
    (flags & fdFlag.append ? constants.O_APPEND : 0) |
    (flags & fdFlag.dsync ? constants.O_DSYNC : 0) |
    (flags & fdFlag.nonblock ? constants.O_NONBLOCK : 0) |
    (flags & (fdFlag.sync | fdFlag.rsync) ? constants.O_SYNC : 0)
  );
}
