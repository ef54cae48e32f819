import {
  dataAt,
  f64,
  functionType,
  i32,
  i64,
  list,
  op,
  seq,
  type,
  unsigned,
} from "../features/assemble.ts";
import type { Bytes, Parts } from "../features/assemble.ts";
import { wasiCommand } from "./wasi-command.ts";
import type { GuestModule, Names } from "./wasi-command.ts";

/** A list of one buffer, and where its place and length stand; results of calls. */
const buffer = 16;
const result = 24;

const load = (address: Bytes, offset = 0): Bytes => [...address, 0x28, 2, offset];
const store = (address: number, value: Bytes): Bytes => [...i32(address), ...value, 0x36, 2, 0];
const encoded = (text: string): Bytes => [...new TextEncoder().encode(text)];

/** Code that writes a piece of memory to a descriptor, and goes on with the rest when less was written. */
function write(wasi: Names["wasi"], descriptor: number, at: Bytes, length: Bytes): Bytes {
  return [
    ...seq(...store(buffer, at), ...store(buffer + 4, length), op.loop, type.empty),
    ...seq(...wasi("fd_write", i32(descriptor), i32(buffer), i32(1), i32(result))),
    // An error would be the same again.
    ...seq(op.if, type.empty, op.unreachable, op.end),
    ...store(buffer, [...load(i32(buffer)), ...load(i32(result)), op.add]),
    ...store(buffer + 4, [...load(i32(buffer + 4)), ...load(i32(result)), op.sub]),
    ...seq(...load(i32(buffer + 4)), op.brIf, 0, op.end),
  ];
}

/** Code that writes text, which stands at 512 and behind. */
const say = (wasi: Names["wasi"], text: string, descriptor = 1, at = 512): Bytes =>
  write(wasi, descriptor, i32(at), i32(encoded(text).length));

/** Code that ends with an exit code where the value on the stack is 0. */
const must = (wasi: Names["wasi"], code: number, right: Bytes): Bytes => [
  ...seq(...right, op.eqz, op.if, type.empty, ...wasi("proc_exit", i32(code)), op.end),
];

const is = (code: Bytes, value: number): Bytes => [...code, ...i32(value), op.eq];

/** Ends with an exit code, out of three calls, behind which it would write. */
export function exitsWith(code: number): GuestModule {
  return wasiCommand(["proc_exit", "fd_write"], ({ wasi, own }) => ({
    start: [...own(1), ...say(wasi, "no")],
    functions: [
      { type: 0, code: [...own(2), ...say(wasi, "no")] },
      { type: 0, code: [...wasi("proc_exit", i32(code)), ...say(wasi, "no")] },
    ],
    data: [dataAt(512, encoded("no"))],
  }));
}

/** Writes a line and then does what traps. */
export function trapsBy(code: Bytes, more: Partial<Parts> = {}): GuestModule {
  const line = "before\n";
  return wasiCommand(["fd_write"], ({ wasi }) => ({
    ...more,
    start: [...say(wasi, line), ...code],
    data: [dataAt(512, encoded(line))],
  }));
}

/** Calls itself for ever. */
export function recursesForEver(): GuestModule {
  const line = "before\n";
  return wasiCommand(["fd_write"], ({ wasi, own }) => ({
    start: [...say(wasi, line), ...own(1, i32(1)), op.drop],
    types: [functionType([type.i32], [type.i32])],
    functions: [
      {
        type: 1,
        // What is stored behind the call keeps compilers from making a loop of it.
        code: [
          ...own(1, [op.localGet, 0, ...i32(1), op.add]),
          ...seq(op.localSet, 0, ...store(64, [op.localGet, 0, ...load(i32(64)), op.add])),
          ...seq(op.localGet, 0),
        ],
      },
    ],
    data: [dataAt(512, encoded(line))],
  }));
}

/** Calls itself so often, and looks at the sum. */
export function recurses(depth: number): GuestModule {
  return wasiCommand(["proc_exit"], ({ wasi, own }) => ({
    start: must(wasi, 1, is(own(1, i32(depth)), depth)),
    types: [functionType([type.i32], [type.i32])],
    functions: [
      {
        type: 1,
        code: [
          ...seq(op.localGet, 0, op.eqz, op.if, type.i32, ...i32(0), op.else),
          ...own(1, [op.localGet, 0, ...i32(1), op.sub]),
          ...seq(...i32(1), op.add, op.end),
        ],
      },
    ],
  }));
}

/** Writes its arguments but the first, with the zeros behind them. */
export function writesArguments(): GuestModule {
  return wasiCommand(["args_sizes_get", "args_get", "fd_write"], ({ wasi }) => ({
    start: [
      ...seq(...wasi("args_sizes_get", i32(0), i32(4)), op.drop),
      ...seq(...wasi("args_get", i32(1024), i32(4096)), op.drop),
      ...write(wasi, 1, load(i32(1028)), [
        ...seq(...load(i32(4)), ...i32(4096), op.add, ...load(i32(1028)), op.sub),
      ]),
    ],
  }));
}

/** Writes its variables, with the zeros behind them. */
export function writesVariables(): GuestModule {
  return wasiCommand(["environ_sizes_get", "environ_get", "fd_write"], ({ wasi }) => ({
    start: [
      ...seq(...wasi("environ_sizes_get", i32(0), i32(4)), op.drop),
      ...seq(...wasi("environ_get", i32(1024), i32(16_384)), op.drop),
      ...write(wasi, 1, i32(16_384), load(i32(4))),
    ],
  }));
}

/** Writes to both, one after the other. */
export function writesBoth(): GuestModule {
  return wasiCommand(["fd_write"], ({ wasi }) => ({
    start: [
      ...say(wasi, "out 1\n", 1, 512),
      ...say(wasi, "err 1\n", 2, 544),
      ...say(wasi, "out 2\n", 1, 576),
    ],
    data: [
      dataAt(512, encoded("out 1\n")),
      dataAt(544, encoded("err 1\n")),
      dataAt(576, encoded("out 2\n")),
    ],
  }));
}

/** Writes a megabyte at once: the byte at a place is its number times 7, its low eight bits. */
export function writesMegabyte(): GuestModule {
  return wasiCommand(["fd_write"], ({ wasi }) => ({
    start: [
      ...seq(op.loop, type.empty),
      ...seq(op.localGet, 0, ...i32(65_536), op.add),
      ...seq(op.localGet, 0, ...i32(7), 0x6c, 0x3a, 0, 0),
      ...seq(op.localGet, 0, ...i32(1), op.add, op.localTee, 0, ...i32(1 << 20), op.ne),
      ...seq(op.brIf, 0, op.end),
      ...write(wasi, 1, i32(65_536), i32(1 << 20)),
    ],
    memories: [[0, 18]],
  }));
}

/** Makes a file, shortens it, and adds to its end by another descriptor. */
export function shortensAndAppends(): GuestModule {
  const rights = i64(0x8e001ffn);
  const wanted = ["path_open", "fd_write", "fd_filestat_set_size", "fd_close", "proc_exit"];
  return wasiCommand(wanted, ({ wasi }) => {
    const open = (create: number, flags: number): Bytes =>
      wasi(
        "path_open",
        i32(3),
        i32(0),
        i32(512),
        i32(4),
        i32(create),
        rights,
        i64(0n),
        i32(flags),
        i32(8),
      );
    const writeText = (at: number, length: number): Bytes => [
      ...store(buffer, i32(at)),
      ...store(buffer + 4, i32(length)),
      ...wasi("fd_write", load(i32(8)), i32(buffer), i32(1), i32(result)),
    ];
    return {
      start: [
        ...must(wasi, 1, is(open(9, 0), 0)),
        ...must(wasi, 2, is(writeText(520, 11), 0)),
        ...must(wasi, 3, is(wasi("fd_filestat_set_size", load(i32(8)), i64(5n)), 0)),
        ...must(wasi, 4, is(wasi("fd_close", load(i32(8))), 0)),
        ...must(wasi, 5, is(open(0, 1), 0)),
        ...must(wasi, 6, is(writeText(540, 1), 0)),
        ...must(wasi, 7, is(wasi("fd_close", load(i32(8))), 0)),
      ],
      data: [
        dataAt(512, encoded("file")),
        dataAt(520, encoded("hello world")),
        dataAt(540, encoded("!")),
      ],
    };
  });
}

/** Reads the monotonic clock a thousand times, and writes the real one. */
export function readsClocks(): GuestModule {
  return wasiCommand(["clock_time_get", "fd_write", "proc_exit"], ({ wasi }) => ({
    start: [
      ...seq(...i32(1000), op.localSet, 0, op.loop, type.empty),
      ...must(wasi, 1, is(wasi("clock_time_get", i32(1), i64(1n), i32(64)), 0)),
      ...must(wasi, 2, [...i32(64), 0x29, 3, 0, op.localGet, 2, 0x5a]),
      ...seq(...i32(64), 0x29, 3, 0, op.localSet, 2),
      ...seq(op.localGet, 0, ...i32(1), op.sub, op.localTee, 0, op.brIf, 0, op.end),
      ...must(wasi, 3, is(wasi("clock_time_get", i32(0), i64(1n), i32(64)), 0)),
      ...write(wasi, 1, i32(64), i32(8)),
    ],
  }));
}

/** Sleeps twenty milliseconds, by its own clock. */
export function sleeps(): GuestModule {
  const words = [0, 0, 0, 0, 1, 0, 20_000_000, 0, 0, 0, 0, 0];
  return wasiCommand(["clock_time_get", "poll_oneoff", "proc_exit"], ({ wasi }) => ({
    start: [
      ...seq(...wasi("clock_time_get", i32(1), i64(1n), i32(64)), op.drop),
      ...must(wasi, 1, is(wasi("poll_oneoff", i32(512), i32(640), i32(1), i32(result)), 0)),
      ...must(wasi, 2, is(load(i32(result)), 1)),
      ...seq(...wasi("clock_time_get", i32(1), i64(1n), i32(72)), op.drop),
      // A timer may be a little early.
      ...must(wasi, 3, [
        ...seq(...i32(72), 0x29, 3, 0, ...i32(64), 0x29, 3, 0, 0x7d, ...i64(19_000_000n), 0x5a),
      ]),
    ],
    data: [dataAt(512, [...new Uint8Array(new Uint32Array(words).buffer)])],
  }));
}

/** Grows its memory: new pages are zero, all of them can be used, and more than the most is refused. */
export function grows(): GuestModule {
  const last = 102 * 65_536 - 4;
  return wasiCommand(["proc_exit"], ({ wasi }) => ({
    start: [
      ...must(wasi, 1, is([...i32(100), 0x40, 0], 2)),
      ...must(wasi, 2, is([0x3f, 0], 102)),
      ...must(wasi, 3, is(load(i32(last)), 0)),
      ...store(last, i32(42)),
      ...must(wasi, 4, is(load(i32(last)), 42)),
      ...must(wasi, 5, is([...i32(1000), 0x40, 0], -1)),
      ...must(wasi, 6, is([0x3f, 0], 102)),
    ],
    // At most 200 pages.
    memories: [[1, 2, ...unsigned(200)]],
  }));
}

/** Writes in the start section, and then in `_start`. */
export function startsTwice(): GuestModule {
  return wasiCommand(["fd_write"], ({ wasi }) => ({
    start: say(wasi, "main\n", 1, 544),
    functions: [{ type: 0, code: say(wasi, "start\n") }],
    startSection: 1,
    data: [dataAt(512, encoded("start\n")), dataAt(544, encoded("main\n"))],
  }));
}

/** Has thousands of functions in a table and two megabytes of data, and looks at some of both. */
export function isBig(): GuestModule {
  const count = 5000;
  const bytes = 2 << 20;
  return wasiCommand(["proc_exit"], ({ wasi, index }) => ({
    start: [
      ...must(wasi, 1, is([...i32(count - 1), 0x11, 1, 0], (count - 1) * 3)),
      ...must(wasi, 2, is([...i32(17), 0x11, 1, 0], 51)),
      ...must(wasi, 3, is([...i32(65_536 + bytes - 1), 0x2d, 0, 0], 0xa5)),
    ],
    types: [functionType([], [type.i32])],
    functions: Array.from({ length: count }, (_, nth) => ({ type: 1, code: i32(nth * 3) })),
    tables: [[0x70, 0, ...unsigned(count)]],
    elements: [
      [
        ...seq(0, ...i32(0), op.end),
        ...list(Array.from({ length: count }, (_, nth) => unsigned(index(nth + 1)))),
      ],
    ],
    memories: [[0, 40]],
    data: [
      dataAt(
        65_536,
        Array.from({ length: bytes }, () => 0xa5),
      ),
    ],
  }));
}

/** Calculates what implementations get wrong: each answer is compared bit by bit. */
export function calculates(): GuestModule {
  const bits = (code: Bytes): Bytes => [...code, 0xbd];
  const is64 = (code: Bytes, value: bigint): Bytes => [...code, ...i64(value), op.i64Eq];
  const float = (code: Bytes, value: number): Bytes =>
    is64(bits(code), new BigInt64Array(new Float64Array([value]).buffer)[0]!);
  const checks = [
    float([...f64(2.5), 0x9e], 2),
    float([...f64(-0.4), 0x9b], -0),
    float([...f64(-0), ...f64(0), 0xa4], -0),
    float([...f64(-0), ...f64(0), 0xa5], 0),
    float([...f64(0.1), ...f64(0.2), 0xa0], 0.1 + 0.2),
    float([...f64(2), 0x9f], Math.SQRT2),
    float([...f64(5e-324), ...f64(0.5), 0xa2], 0),
    float([...f64(1e308), ...f64(10), 0xa2], Infinity),
    is([...i32(-0x8000_0000), ...i32(-1), 0x6f], 0),
    is([...i32(1), ...i32(33), 0x74], 2),
    is([...i32(0), 0x67], 32),
    is64([...i64(-1n), 0x7b], 64n),
    is64([...i64(1n), ...i64(1n), 0x8a], -0x8000_0000_0000_0000n),
    is([...f64(-0.9), 0xab], 0),
    is64([...i64(0x7fff_ffff_ffff_ffffn), 0xb9, 0xbd], 0x43e0_0000_0000_0000n),
    is([...f64(16_777_217), 0xb6, 0xbc], 0x4b80_0000),
  ];
  return wasiCommand(["proc_exit"], ({ wasi }) => ({
    start: checks.flatMap((right, nth) => must(wasi, nth + 1, right)),
  }));
}

/** Exports functions of all four types of numbers, beside a `_start` that does nothing. */
export function exportsFunctions(): GuestModule {
  const { i32: a, i64: b, f32: c, f64: d } = type;
  const types = [a, b, c, d].map((each) => functionType([each], [each]));
  return wasiCommand([], ({ index }) => ({
    start: [],
    types: [...types, functionType([a, a], [a])],
    functions: [
      ...types.map((_, nth) => ({ type: nth + 1, code: [op.localGet, 0] })),
      { type: 5, code: [op.localGet, 0, op.localGet, 1, op.sub] },
    ],
    exports: ["i32", "i64", "f32", "f64", "minus"].map((name, nth) => [
      ...seq(name.length, ...encoded(name), 0, index(nth + 1)),
    ]),
  }));
}
