/** Numbers of WASI preview1: what errors, rights, kinds of files and flags are called there. */

/** Errors by the names that Node gives the system's. */
export const errnos = {
  E2BIG: 1,
  EACCES: 2,
  EAGAIN: 6,
  EBADF: 8,
  EBUSY: 10,
  EDEADLK: 16,
  EDQUOT: 19,
  EEXIST: 20,
  EFAULT: 21,
  EFBIG: 22,
  EILSEQ: 25,
  EINTR: 27,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  EMLINK: 34,
  ENAMETOOLONG: 37,
  ENFILE: 41,
  ENODEV: 43,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTSOCK: 57,
  ENOTSUP: 58,
  EOPNOTSUPP: 58,
  ENOTTY: 59,
  ENXIO: 60,
  EOVERFLOW: 61,
  EPERM: 63,
  EPIPE: 64,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  ESRCH: 71,
  ETIMEDOUT: 73,
  ETXTBSY: 74,
  EXDEV: 75,
  ENOTCAPABLE: 76,
} as const;

/** Rights of a descriptor that decide something here. */
export const right = {
  datasync: 0x1n,
  read: 0x2n,
  seek: 0x4n,
  tell: 0x20n,
  write: 0x40n,
  allocate: 0x100n,
  readdir: 0x4000n,
  setSize: 0x400000n,
  all: 0x3fffffffn,
} as const;

/** Kinds of files. */
export const fileType = {
  unknown: 0,
  block: 1,
  character: 2,
  directory: 3,
  regular: 4,
  socket: 6,
  link: 7,
} as const;

/** Flags of `path_open` that say how. */
export const openFlag = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;

/** Flags of a descriptor. */
export const fdFlag = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;

/** The flag of paths by which a last link is followed. */
export const followLink = 1;

/** Says that a function of WASI's fails, with its number. */
export class WasiError extends Error {
  readonly errno: number;

  constructor(name: keyof typeof errnos) {
    super(name);
    this.name = "WasiError";
    this.errno = errnos[name];
  }
}

/** Gives WASI's number for whatever was thrown; `EIO` for what has none. */
export function errnoOf(error: unknown): number {
  if (error instanceof WasiError) return error.errno;
  const { code } = error as { readonly code?: string };
  return errnos[code as keyof typeof errnos] ?? errnos.EIO;
}
