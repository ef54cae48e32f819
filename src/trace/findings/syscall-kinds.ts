import type { ObservedFunction, ObservedSyscall } from "../observation.ts";
import { onlyWaits } from "./finding.ts";

/** What a system call is for. */
export type SyscallKind =
  | "moves"
  | "flushes"
  | "waits"
  | "looks"
  | "flags"
  | "positions"
  | "opens"
  | "lists"
  | "memory"
  | "signals"
  | "clocks";

/** Linux's system calls by what they are for, as far as rules ask. */
const kinds: Readonly<Record<SyscallKind, string>> = {
  moves:
    "read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 sendfile splice tee vmsplice " +
    "copy_file_range recvfrom sendto recvmsg sendmsg",
  flushes: "fsync fdatasync sync_file_range msync syncfs sync",
  waits:
    "futex futex_waitv nanosleep clock_nanosleep sched_yield epoll_wait epoll_pwait epoll_pwait2 poll ppoll " +
    "select pselect6 restart_syscall pause rt_sigtimedwait io_uring_enter io_getevents",
  looks: "stat fstat lstat newfstatat statx access faccessat faccessat2 statfs fstatfs",
  flags: "fcntl ioctl dup dup2 dup3",
  positions: "lseek",
  opens: "open openat openat2 close readlink readlinkat",
  lists: "getdents getdents64",
  memory: "mmap munmap mprotect madvise mremap brk mincore",
  signals:
    "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack tgkill tkill kill getpid gettid clone clone3",
  clocks: "clock_gettime gettimeofday time clock_getres",
};

const kindOf = new Map(
  Object.entries(kinds).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [name, kind as SyscallKind] as const),
  ),
);

/** Says what a system call is for; undefined for one that no rule asks about. */
export function syscallKind(name: string): SyscallKind | undefined {
  return kindOf.get(name);
}

/** System calls that do the same, each by the plainest of them: which of them a C library chooses says nothing. */
const plainest = new Map(
  [
    "open openat openat2 creat",
    "stat fstat lstat newfstatat statx",
    "access faccessat faccessat2",
    "unlink unlinkat rmdir",
    "rename renameat renameat2",
    "mkdir mkdirat",
    "readlink readlinkat",
    "read readv pread64 preadv preadv2",
    "write writev pwrite64 pwritev pwritev2",
    "getdents getdents64",
    "nanosleep clock_nanosleep",
  ].flatMap((group) => {
    const [plain, ...others] = group.split(" ");
    return others.map((name) => [name, plain!] as const);
  }),
);

/** Gives the plainest system call that does the same: `openat2` is an `open`. */
export function plainName(name: string): string {
  return plainest.get(name) ?? name;
}

/** Selects system calls by what they are for. */
export function ofKind(
  calls: readonly ObservedSyscall[],
  ...wanted: readonly SyscallKind[]
): ObservedSyscall[] {
  return calls.filter(({ name }) => {
    const kind = kindOf.get(name);
    return kind !== undefined && wanted.includes(kind);
  });
}

/**
 * Lists what was done for a function: the calling thread's system calls, and other threads' that are work. What these
 * wait for, map and signal meanwhile is a runtime's own business.
 */
export function workOf({
  name: fn,
  syscalls,
  helperSyscalls,
}: ObservedFunction): ObservedSyscall[] {
  // While a program sleeps, others are none of its doing: Go's threads wake each other by a pipe.
  if (onlyWaits(fn)) return [...syscalls];
  const own = ["waits", "memory", "signals", "clocks"];
  const helping = helperSyscalls.filter(({ name }) => !own.includes(kindOf.get(name) ?? ""));
  return [...syscalls, ...helping];
}

/** Adds up how many there are. */
export function countOf(calls: readonly ObservedSyscall[]): number {
  return calls.reduce((sum, { count }) => sum + count, 0);
}

/** Adds up the bytes that they returned. */
export function bytesOf(calls: readonly ObservedSyscall[]): number {
  return calls.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Names them, each once. */
export function namesOf(calls: readonly ObservedSyscall[]): string[] {
  return [...new Set(calls.map(({ name }) => name))];
}
