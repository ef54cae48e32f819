import { seq, i32, i64, op } from "./assemble.ts";
import type { Bytes } from "./assemble.ts";

/** A function of WASI preview 1 with a call of it, and how its effect is seen. */
export interface WasiProbe {
  readonly name: string;
  /** Parameters: `i` for i32, `I` for i64. */
  readonly params: string;
  /** Code that puts the arguments on the stack. */
  readonly args: readonly Bytes[];
  /** Code that leaves 1 when a call that said success has had its effect. */
  readonly check?: (call: CallOf) => Bytes;
  /** Probes that have to come before: they open what this one uses. */
  readonly needs?: readonly string[];
  /** Whether any errno but "not implemented" is an answer: there is no socket to try. */
  readonly mayFail?: true;
}

/** Gives code that calls a function of WASI, which leaves its errno. */
export type CallOf = (name: string, ...args: readonly Bytes[]) => Bytes;

/** Where things stand in the guest's memory. */
export const place = {
  /** Results of calls. */
  out: 64,
  more: 128,
  /** The descriptor of the file `f`. */
  file: 256,
  other: 260,
  /** Lists of one buffer: "hello" to write, "J" to write, and 16 bytes to read into. */
  hello: 272,
  letter: 280,
  into: 288,
  /** A subscription to a clock, and room for events. */
  subscription: 320,
  events: 384,
  buffer: 1024,
  helloText: 512,
  letterText: 520,
  /** One letter each: f, g, d, l, s, r. */
  names: 528,
} as const;

/** Names of the files that the guest makes, each a letter. */
export const fileNames = "fgdlsr";

const at = (address: number): Bytes => i32(address);
const load = (address: number): Bytes => [...i32(address), 0x28, 2, 0];
const load8 = (address: number): Bytes => [...i32(address), 0x2d, 0, 0];
const load64 = (address: number): Bytes => [...i32(address), 0x29, 3, 0];
const is = (code: Bytes, value: number): Bytes => [...code, ...i32(value), op.eq];
const is64 = (code: Bytes, value: bigint): Bytes => [...code, ...i64(value), op.i64Eq];
const atLeast = (code: Bytes, value: number): Bytes => [...code, ...i32(value), 0x4f];
const both = (a: Bytes, b: Bytes): Bytes => [...a, ...b, op.and];
const not0 = (code: Bytes): Bytes => [...code, ...i64(0n), 0x52];
const name = (letter: string): readonly Bytes[] => [
  at(place.names + fileNames.indexOf(letter)),
  i32(1),
];

const folder = i32(3);
const file = load(place.file);
const { out, more, buffer } = place;
/** All that can be done with a file; a runtime that checks rights refuses a folder's. */
const fileRights = 0x8e001ffn;
const mtime = 1_000_000_000_000_000_000n;
/** Sets the time of modification to `mtime`. */
const times = [i64(0n), i64(mtime), i32(4)];
const opened = ["path_open"];
const written = ["path_open", "fd_write"];

const open = (letter: string, to: number): readonly Bytes[] =>
  [folder, i32(0), ...name(letter), i32(9)].concat([i64(fileRights), i64(0n), i32(0), at(to)]);

/** Reads the clock until it goes on, a hundred thousand times at most. */
const clockMoves = (call: CallOf): Bytes => [
  ...seq(...i32(100_000), op.localSet, 1, op.loop, 0x40),
  ...seq(...call("clock_time_get", i32(1), i64(1n), at(more)), op.drop),
  ...seq(...load64(more), ...load64(out), 0x51),
  ...seq(op.localGet, 1, ...i32(1), op.sub, op.localTee, 1, ...i32(0), op.ne, op.and, op.brIf, 0),
  ...seq(op.end, ...load64(more), ...load64(out), 0x56),
];

const size = (call: CallOf): Bytes => [
  ...seq(...call("fd_filestat_get", file, at(buffer)), op.drop),
  ...load64(buffer + 32),
];

/** All functions of WASI preview 1 but `proc_exit`, in an order in which each finds what it needs. */
export const wasiProbes: readonly WasiProbe[] = [
  {
    name: "args_sizes_get",
    params: "ii",
    args: [at(out), at(more)],
    check: () => both(is(load(out), 3), atLeast(load(more), 8)),
  },
  {
    name: "args_get",
    params: "ii",
    args: [at(out), at(buffer)],
    check: () => is([...load(out + 8), 0x2f, 0, 1], 0x6f77), // t(wo)
  },
  {
    name: "environ_sizes_get",
    params: "ii",
    args: [at(out), at(more)],
    check: () => both(atLeast(load(out), 1), atLeast(load(more), 10)),
  },
  {
    name: "environ_get",
    params: "ii",
    args: [at(4096), at(16384)],
    check: () => atLeast(load(4096), 16384),
  },
  {
    name: "clock_res_get",
    params: "ii",
    args: [i32(1), at(out)],
    check: () => not0(load64(out)),
  },
  {
    name: "clock_time_get",
    params: "iIi",
    args: [i32(1), i64(1n), at(out)],
    check: clockMoves,
  },
  {
    name: "random_get",
    params: "ii",
    args: [at(buffer), i32(32)],
    check: () =>
      not0([
        ...seq(...load64(buffer), ...load64(buffer + 8), 0x84),
        ...seq(...load64(buffer + 16), 0x84, ...load64(buffer + 24), 0x84),
      ]),
  },
  { name: "sched_yield", params: "", args: [] },
  {
    name: "poll_oneoff",
    params: "iiii",
    args: [at(place.subscription), at(place.events), i32(1), at(out)],
    check: () => both(is(load(out), 1), is64(load64(place.events), 0x1234_5678n)),
  },
  {
    name: "fd_prestat_get",
    params: "ii",
    args: [folder, at(out)],
    check: () => both(is(load8(out), 0), atLeast(load(out + 4), 1)),
  },
  {
    name: "fd_prestat_dir_name",
    params: "iii",
    args: [folder, at(buffer), load(out + 4)],
    check: () => atLeast(load8(buffer), 0x2e),
    needs: ["fd_prestat_get"],
  },
  {
    name: "fd_fdstat_get",
    params: "ii",
    args: [folder, at(out)],
    check: () => is(load8(out), 3),
  },
  {
    name: "path_create_directory",
    params: "iii",
    args: [folder, ...name("d")],
    check: (call) =>
      both(
        is(call("path_filestat_get", folder, i32(0), ...name("d"), at(out)), 0),
        is(load8(out + 16), 3),
      ),
    needs: ["path_filestat_get"],
  },
  {
    name: "path_open",
    params: "iiiiiIIii",
    args: open("f", place.file),
    check: (call) =>
      both(
        [...is(call("path_open", ...open("g", place.other)), 0), ...atLeast(file, 4), op.and],
        [...file, ...load(place.other), op.ne],
      ),
  },
  {
    name: "fd_write",
    params: "iiii",
    args: [file, at(place.hello), i32(1), at(out)],
    check: () => is(load(out), 5),
    needs: opened,
  },
  {
    name: "fd_tell",
    params: "ii",
    args: [file, at(out)],
    check: () => is64(load64(out), 5n),
    needs: written,
  },
  {
    name: "fd_seek",
    params: "iIii",
    args: [file, i64(-4n), i32(2), at(out)],
    check: () => is64(load64(out), 1n),
    needs: written,
  },
  {
    name: "fd_read",
    params: "iiii",
    args: [file, at(place.into), i32(1), at(out)],
    check: () => both(is(load(out), 4), is(load(buffer), 0x6f6c6c65)),
    needs: [...written, "fd_seek"],
  },
  {
    name: "fd_pwrite",
    params: "iiiIi",
    args: [file, at(place.letter), i32(1), i64(1n), at(out)],
    check: () => is(load(out), 1),
    needs: written,
  },
  {
    name: "fd_pread",
    params: "iiiIi",
    args: [file, at(place.into), i32(1), i64(1n), at(out)],
    check: () => both(is(load(out), 4), is(load(buffer), 0x6f6c6c4a)),
    needs: [...written, "fd_pwrite"],
  },
  {
    name: "fd_filestat_get",
    params: "ii",
    args: [file, at(out)],
    check: () => both(is64(load64(out + 32), 5n), is(load8(out + 16), 4)),
    needs: written,
  },
  {
    name: "path_filestat_get",
    params: "iiiii",
    args: [folder, i32(1), ...name("f"), at(out)],
    check: () => is64(load64(out + 32), 5n),
    needs: written,
  },
  {
    name: "fd_filestat_set_size",
    params: "iI",
    args: [file, i64(3n)],
    check: (call) => is64(size(call), 3n),
    needs: ["path_open", "fd_filestat_get"],
  },
  {
    name: "fd_allocate",
    params: "iII",
    args: [file, i64(0n), i64(100n)],
    check: (call) => is64(size(call), 100n),
    needs: ["path_open", "fd_filestat_get"],
  },
  {
    name: "fd_filestat_set_times",
    params: "iIIi",
    args: [file, ...times],
    check: (call) => [
      ...seq(...call("fd_filestat_get", file, at(out)), op.drop),
      ...is64(load64(out + 48), mtime),
    ],
    needs: ["path_open", "fd_filestat_get"],
  },
  {
    name: "path_filestat_set_times",
    params: "iiiiIIi",
    args: [folder, i32(1), ...name("f"), i64(0n), i64(2n * mtime - mtime / 2n), i32(4)],
    check: (call) => [
      ...seq(...call("fd_filestat_get", file, at(out)), op.drop),
      ...is64(load64(out + 48), 2n * mtime - mtime / 2n),
    ],
    needs: ["path_open", "fd_filestat_get"],
  },
  {
    name: "fd_advise",
    params: "iIIi",
    args: [file, i64(0n), i64(0n), i32(0)],
    needs: opened,
  },
  { name: "fd_datasync", params: "i", args: [file], needs: opened },
  { name: "fd_sync", params: "i", args: [file], needs: opened },
  {
    name: "fd_fdstat_set_flags",
    params: "ii",
    args: [file, i32(1)],
    // What is written goes to the end wherever the file stands: some do it and do not tell.
    check: (call) => [
      ...seq(...call("fd_filestat_get", file, at(more)), op.drop),
      ...seq(...call("fd_seek", file, i64(0n), i32(0), at(out)), op.drop),
      ...seq(...call("fd_write", file, at(place.letter), i32(1), at(out)), op.drop),
      ...is64([...size(call), ...load64(more + 32), 0x7d], 1n),
    ],
    needs: [...written, "fd_filestat_get", "fd_seek"],
  },
  {
    name: "fd_readdir",
    params: "iiiIi",
    args: [folder, at(buffer), i32(2048), i64(0n), at(out)],
    check: () => atLeast(load(out), 25),
    needs: opened,
  },
  {
    name: "path_link",
    params: "iiiiiii",
    args: [folder, i32(0), ...name("f"), folder, ...name("l")],
    check: (call) => is(call("path_filestat_get", folder, i32(0), ...name("l"), at(out)), 0),
    needs: ["path_open", "path_filestat_get"],
  },
  {
    name: "path_symlink",
    params: "iiiii",
    args: [...name("f"), folder, ...name("s")],
    needs: opened,
  },
  {
    name: "path_readlink",
    params: "iiiiii",
    args: [folder, ...name("s"), at(buffer), i32(16), at(out)],
    check: () => both(is(load(out), 1), is(load8(buffer), 0x66)),
    needs: ["path_symlink"],
  },
  {
    name: "path_rename",
    params: "iiiiii",
    args: [folder, ...name("d"), folder, ...name("r")],
    check: (call) =>
      both(
        is(call("path_filestat_get", folder, i32(0), ...name("r"), at(out)), 0),
        is(call("path_filestat_get", folder, i32(0), ...name("d"), at(out)), 44),
      ),
    needs: ["path_create_directory", "path_filestat_get"],
  },
  {
    name: "path_remove_directory",
    params: "iii",
    args: [folder, ...name("r")],
    needs: ["path_create_directory", "path_rename"],
  },
  {
    name: "path_unlink_file",
    params: "iii",
    args: [folder, ...name("g")],
    check: (call) => is(call("path_filestat_get", folder, i32(0), ...name("g"), at(out)), 44),
    needs: ["path_open", "path_filestat_get"],
  },
  {
    name: "fd_fdstat_set_rights",
    params: "iII",
    args: [file, i64(0x20_0042n), i64(0n)],
    needs: opened,
  },
  {
    name: "fd_renumber",
    params: "ii",
    args: [file, load(place.other)],
    check: (call) => [
      ...is(call("fd_tell", file, at(out)), 8),
      ...seq(...is(call("fd_fdstat_get", load(place.other), at(out)), 0), op.and),
    ],
    needs: ["path_open", "fd_tell", "fd_fdstat_get"],
  },
  {
    name: "fd_close",
    params: "i",
    args: [load(place.other)],
    check: (call) => is(call("fd_close", load(place.other)), 8),
    needs: ["fd_renumber"],
  },
  { name: "sock_accept", params: "iii", args: [folder, i32(0), at(out)], mayFail: true },
  {
    name: "sock_recv",
    params: "iiiiii",
    args: [folder, at(place.into), i32(1), i32(0), at(out), at(more)],
    mayFail: true,
  },
  {
    name: "sock_send",
    params: "iiiii",
    args: [folder, at(place.hello), i32(1), i32(0), at(out)],
    mayFail: true,
  },
  { name: "sock_shutdown", params: "ii", args: [folder, i32(3)], mayFail: true },
  // SIGCHLD, which no process dies of.
  { name: "proc_raise", params: "i", args: [i32(16)] },
];
