import { dataAt, i32, i64, op, seq, type } from "../../src/runtimes/features/assemble.ts";
import type { Bytes } from "../../src/runtimes/features/assemble.ts";
import { wasiCommand } from "../../src/runtimes/conformance/wasi-command.ts";
import type { GuestModule, Names } from "../../src/runtimes/conformance/wasi-command.ts";

/** Where things stand in the guest's memory: a list of one buffer, results, a descriptor, the text, the file's name. */
const [buffer, out, file, text, name, room] = [16, 64, 256, 512, 540, 1024];
const line = "hello, world\n";
const letters = (value: string): Bytes => [...new TextEncoder().encode(value)];

/** Rights to read, seek (which some want the right to tell for), write, and look at the file. */
const rights = (1n << 1n) | (1n << 2n) | (1n << 5n) | (1n << 6n) | (1n << 21n);
const folder = i32(3);
const descriptor: Bytes = [...i32(file), 0x28, 2, 0];
const store = (address: number, value: Bytes): Bytes => [...i32(address), ...value, 0x36, 2, 0];

/** The twelve functions, each with arguments of a call that succeeds, whatever was called before. */
const calls: readonly (readonly [name: string, ...args: readonly Bytes[]])[] = [
  ["args_sizes_get", i32(out), i32(out + 8)],
  ["environ_sizes_get", i32(out), i32(out + 8)],
  ["clock_res_get", i32(1), i32(out)],
  ["clock_time_get", i32(1), i64(1n), i32(out)],
  ["random_get", i32(room), i32(8)],
  ["sched_yield"],
  ["fd_write", descriptor, i32(buffer), i32(1), i32(out)],
  // Some have fd_seek in it, which must not count.
  ["fd_tell", descriptor, i32(out)],
  ["fd_seek", descriptor, i64(0n), i32(0), i32(out)],
  ["fd_read", descriptor, i32(buffer + 8), i32(1), i32(out)],
  ["fd_filestat_get", descriptor, i32(room)],
  ["path_filestat_get", folder, i32(0), i32(name), i32(1), i32(room)],
];

/** The functions that `callsEach` calls as often as it is told. */
export const twelveNames: readonly string[] = calls.map(([called]) => called);

/** Makes a program that calls each of twelve functions so often, in turn, on a new file `f` in its folder. */
export function callsEach(count: number): GuestModule {
  return onFile(count, twelveNames, calls);
}

/** Makes a program that goes to a file's start and writes 13 bytes, so often. */
export function seeksAndWrites(count: number): GuestModule {
  const names = ["fd_seek", "fd_write"];
  return onFile(
    count,
    names,
    calls.filter(([called]) => names.includes(called)),
  );
}

function onFile(count: number, names: readonly string[], each: typeof calls): GuestModule {
  return wasiCommand(["path_open", ...names], ({ wasi }) => ({
    start: [
      ...store(buffer, i32(text)),
      ...store(buffer + 4, i32(line.length)),
      ...store(buffer + 8, i32(room)),
      ...store(buffer + 12, i32(line.length)),
      ...succeeds(wasi, "path_open", ...opening),
      ...seq(...i32(count), op.localSet, 0, op.loop, type.empty),
      ...each.flatMap(([called, ...args]) => succeeds(wasi, called, ...args)),
      ...seq(op.localGet, 0, ...i32(1), op.sub, op.localTee, 0, op.brIf, 0, op.end),
    ],
    data: [dataAt(text, letters(line)), dataAt(name, letters("f"))],
  }));
}

/** Creates the file, or empties it. */
const opening: readonly Bytes[] = [
  folder,
  i32(0),
  i32(name),
  i32(1),
  i32(1 | 8),
  i64(rights),
  i64(rights),
  i32(0),
  i32(file),
];

/** Code that calls a function and ends in a trap when it says an error. */
function succeeds(wasi: Names["wasi"], called: string, ...args: readonly Bytes[]): Bytes {
  return [...wasi(called, ...args), op.if, type.empty, op.unreachable, op.end];
}
