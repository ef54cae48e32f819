/** Modules of a few bytes, made here: one traps, one exits, one leads out of its folder. */

const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] as const;

/** `_start` that runs `unreachable`. */
export const trapping: Uint8Array = Uint8Array.from([
  ...magic,
  ...section(1, [1, 0x60, 0, 0]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, ...named("_start"), 0, 0, ...named("memory"), 2, 0]),
  ...section(10, [1, 3, 0, 0x00, 0x0b]),
]);

/** `_start` that exits with 7. */
export const exiting: Uint8Array = Uint8Array.from([
  ...magic,
  ...section(1, [2, 0x60, 0, 0, 0x60, 1, 0x7f, 0]),
  ...section(2, [1, ...named("wasi_snapshot_preview1"), ...named("proc_exit"), 0, 1]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, ...named("_start"), 0, 1, ...named("memory"), 2, 0]),
  ...section(10, [1, 6, 0, 0x41, 7, 0x10, 0, 0x0b]),
]);

/** `_start` that exits with the number of its arguments, its own name among them. */
export const countingArguments: Uint8Array = Uint8Array.from([
  ...magic,
  ...section(1, [3, 0x60, 0, 0, 0x60, 1, 0x7f, 0, 0x60, 2, 0x7f, 0x7f, 1, 0x7f]),
  ...section(2, [
    2,
    ...named("wasi_snapshot_preview1"),
    ...named("proc_exit"),
    0,
    1,
    ...named("wasi_snapshot_preview1"),
    ...named("args_sizes_get"),
    0,
    2,
  ]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, ...named("_start"), 0, 2, ...named("memory"), 2, 0]),
  // args_sizes_get(0, 4); proc_exit(*0)
  ...section(10, [1, 16, 0, 0x41, 0, 0x41, 4, 0x10, 1, 0x1a, 0x41, 0, 0x28, 2, 0, 0x10, 0, 0x0b]),
]);

/**
 * Makes `_start` that opens a path in the first folder it was given and exits with WASI's error number, 0 when the
 * path could be opened.
 */
export function opening(path: string): Uint8Array {
  const text = [...new TextEncoder().encode(path)];
  const i32 = 0x7f;
  const i64 = 0x7e;
  const number = (value: number): number[] => [0x41, ...leb(value)];
  const body = [
    0,
    // The folder, following links, the path, no flags, the right to read, nothing inherited, no flags, the result.
    ...number(3),
    ...number(1),
    ...number(64),
    ...number(text.length),
    ...number(0),
    0x42,
    2,
    0x42,
    0,
    ...number(0),
    ...number(0),
    0x10,
    0,
    0x10,
    1,
    0x0b,
  ];
  return Uint8Array.from([
    ...magic,
    ...section(1, [
      3,
      96,
      9,
      i32,
      i32,
      i32,
      i32,
      i32,
      i64,
      i64,
      i32,
      i32,
      1,
      i32,
      96,
      1,
      i32,
      0,
      96,
      0,
      0,
    ]),
    ...section(2, [
      2,
      ...named("wasi_snapshot_preview1"),
      ...named("path_open"),
      0,
      0,
      ...named("wasi_snapshot_preview1"),
      ...named("proc_exit"),
      0,
      1,
    ]),
    ...section(3, [1, 2]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...named("_start"), 0, 2, ...named("memory"), 2, 0]),
    ...section(10, [1, body.length, ...body]),
    ...section(11, [1, 0, ...number(64), 0x0b, text.length, ...text]),
  ]);
}

/** One byte of an unsigned or two of a signed LEB128. */
function leb(value: number): number[] {
  return value < 64 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, content.length, ...content];
}

function named(name: string): number[] {
  return [name.length, ...new TextEncoder().encode(name)];
}
