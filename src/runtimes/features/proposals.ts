import {
  assembleModule,
  seq,
  exported,
  f64,
  functionType,
  i32,
  i64,
  kind,
  list,
  op,
  text,
  type,
  unsigned,
} from "./assemble.ts";
import type { Bytes, Parts } from "./assemble.ts";

/** A module that uses a proposal and looks whether it does what it should. */
export interface ProposalProbe {
  /** As `featuresOf` names it. */
  readonly feature: string;
  /** A WASI command without imports: `_start` returns when all was right, and traps when it was not. */
  readonly module: () => Uint8Array;
}

/** Gives a probe from code that leaves 1 when all was right, and whatever the module needs beside it; local 0 is an i32. */
function probe(feature: string, right: Bytes, more: Partial<Parts> = {}): ProposalProbe {
  const module = (): Uint8Array =>
    assembleModule({
      memories: [[0, 1]],
      ...more,
      types: [functionType([], []), ...(more.types ?? [])],
      functions: [
        {
          type: 0,
          locals: [[1, type.i32]],
          code: [...right, op.eqz, op.if, type.empty, op.unreachable, op.end],
        },
        ...(more.functions ?? []),
      ],
      exports: [
        exported("_start", kind.func, 0),
        // Node's WASI wants a memory.
        exported("memory", kind.memory, 0),
        ...(more.exports ?? []),
      ],
    });
  return { feature, module };
}

/** Gives code that is right when each part is. */
const all = (first: Bytes, ...parts: readonly Bytes[]): Bytes => [
  ...first,
  ...parts.flatMap((part) => [...part, op.and]),
];
const is32 = (code: Bytes, value: number): Bytes => [...code, ...i32(value), op.eq];
const is64 = (code: Bytes, value: bigint): Bytes => [...code, ...i64(value), op.i64Eq];
const call = (index: number): Bytes => [op.call, index];
const toI32 = functionType([], [type.i32]);
const gives42 = { type: 1, code: i32(42) };
/** An element segment that declares function 1, so that `ref.func` may name it. */
const declared: Bytes = [3, 0, ...list([[1]])];
const simd = (code: number): Bytes => [0xfd, ...unsigned(code)];
const splat = simd(0x11);
const splatF32 = simd(0x13);
const lane0 = [...simd(0x1b), 0];
const f32 = (value: number): Bytes => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)];

/** A function that counts its parameter down to zero, each step by a tail call, and one that calls it so. */
const countDown: Partial<Parts> = {
  types: [functionType([type.i32], [type.i32])],
  functions: [
    {
      type: 1,
      code: [
        ...seq(op.localGet, 0, op.eqz, op.if, type.i32, ...i32(42), op.else),
        ...seq(op.localGet, 0, ...i32(1), op.sub, 0x12, 1, op.end),
      ],
    },
    { type: 1, code: [op.localGet, 0, ...i32(0), 0x13, 1, 0] },
  ],
  tables: [[0x70, 0, 1]],
  elements: [[0, ...i32(0), op.end, ...list([[1]])]],
};
/** More frames than any stack has. */
const manyCalls = 300_000;

const tag: Partial<Parts> = { types: [functionType([type.i32], [])], tags: [[0, 1]] };

/** Every proposal with what executes it, in the order of their standardisation. */
export const proposalProbes: readonly ProposalProbe[] = [
  probe("mutable-globals", [...seq(0x23, 0, ...i32(1), op.add, 0x24, 0), ...is32([0x23, 0], 42)], {
    globals: [[type.i32, 1, ...i32(41), op.end]],
    exports: [exported("counter", kind.global, 0)],
  }),
  probe(
    "sign-extension",
    all(
      is32([...i32(0x80), 0xc0], -128),
      is32([...i32(0x8000), 0xc1], -32768),
      is64([...i64(0x8000_0000n), 0xc4], -0x8000_0000n),
    ),
  ),
  probe(
    "saturating-float-to-int",
    all(
      is32([...f64(1e10), 0xfc, 2], 0x7fff_ffff),
      is32([...f64(-1), 0xfc, 3], 0),
      is64([...f64(NaN), 0xfc, 6], 0n),
    ),
  ),
  probe(
    "multi-value",
    all(
      is32([...call(1), op.sub], 5),
      is32([...i32(40), op.block, 2, ...i32(2), op.add, op.end], 42),
    ),
    {
      types: [functionType([], [type.i32, type.i32]), functionType([type.i32], [type.i32])],
      functions: [{ type: 1, code: [...i32(7), ...i32(2)] }],
    },
  ),
  probe(
    "bulk-memory",
    [
      ...seq(...i32(0), ...i32(0xab), ...i32(4), 0xfc, 11, 0),
      ...seq(...i32(6), ...i32(0), ...i32(4), 0xfc, 10, 0, 0),
      ...seq(...i32(16), ...i32(1), ...i32(2), 0xfc, 8, 0, 0),
      ...seq(0xfc, 9, 0),
      ...all(
        is32([...i32(6), 0x28, 0, 0], 0xabab_abab),
        is32([...i32(10), 0x2d, 0, 0], 0),
        is32([...i32(16), 0x2f, 0, 0], 0x7978),
      ),
    ],
    { data: [[1, ...text("wxyz")]], dataCount: true },
  ),
  probe(
    "reference-types",
    [
      ...seq(...i32(0), 0xd2, 1, 0x26, 0),
      ...all(
        is32([...i32(0), 0x11, 1, 0], 42),
        is32([0xd0, 0x6f, ...i32(3), 0xfc, 15, 1], 1),
        is32([0xfc, 16, 1], 4),
        [...i32(3), 0x25, 1, 0xd1],
        [...seq(0xd2, 1, 0xd0, 0x70, ...i32(0), 0x1c, 1, 0x70), 0xd1],
      ),
    ],
    {
      types: [toI32],
      functions: [gives42],
      tables: [
        [0x70, 0, 1],
        [0x6f, 0, 1],
      ],
      elements: [declared],
    },
  ),
  probe(
    "simd",
    all(
      is32([...i32(40), ...splat, ...i32(2), ...splat, ...simd(0xae), ...simd(0x1b), 3], 42),
      is32([...i32(0), ...i32(9), ...splat, ...simd(0x0b), 4, 0, ...i32(12), 0x28, 2, 0], 9),
    ),
  ),
  probe("extended-const", is32([0x23, 0], 42), {
    globals: [[type.i32, 0, ...i32(20), ...i32(2), op.add, ...i32(20), op.add, op.end]],
  }),
  probe(
    "tail-calls",
    all(is32([...i32(manyCalls), ...call(1)], 42), is32([...i32(manyCalls), ...call(2)], 42)),
    countDown,
  ),
  probe(
    "multi-memory",
    [
      ...seq(...i32(0), ...i32(42), 0x36, 0x42, 1, 0),
      ...all(is32([...i32(0), 0x28, 2, 0], 0), is32([...i32(0), 0x28, 0x42, 1, 0], 42), [
        ...is32([0x3f, 1], 2),
      ]),
    ],
    {
      memories: [
        [0, 1],
        [0, 2],
      ],
    },
  ),
  probe(
    "memory64",
    [
      ...seq(...i64(65_000n), ...i32(42), 0x36, 2, 0),
      ...all(
        is32([...i64(65_000n), 0x28, 2, 0], 42),
        is64([...i64(1n), 0x40, 0], 1n),
        is64([0x3f, 0], 2n),
      ),
    ],
    { memories: [[4, 1]] },
  ),
  probe(
    "relaxed-simd",
    all(
      // Two, three, four: exact with and without a fused addition.
      is32(
        [
          ...seq(...f32(2), ...splatF32, ...f32(3), ...splatF32, ...f32(4), ...splatF32),
          ...seq(...simd(0x105), ...simd(0x1f), 0, 0xa8),
        ],
        10,
      ),
      is32([...f32(42), ...splatF32, ...simd(0x101), ...lane0], 42),
    ),
  ),
  probe(
    "threads",
    [
      ...all(
        is32([...i32(0), ...i32(40), 0xfe, 0x1e, 2, 0], 0),
        is32([...i32(0), ...i32(2), 0xfe, 0x1e, 2, 0], 40),
        is32([...i32(0), 0xfe, 0x10, 2, 0], 42),
        is32([...i32(0), ...i32(1), 0xfe, 0x00, 2, 0], 0),
      ),
      ...seq(0xfe, 0x03, 0),
    ],
    { memories: [[3, 1, 1]] },
  ),
  probe("legacy-exceptions", is32([0x06, type.i32, ...i32(42), 0x08, 0, 0x07, 0, op.end], 42), tag),
  probe(
    "exceptions",
    is32(
      [
        ...seq(op.block, type.i32, 0x1f, type.empty, ...list([[0, 0, 0]])),
        ...seq(op.block, 0x69, 0x1f, type.empty, ...list([[3, 0]])),
        ...seq(...i32(42), 0x08, 0, op.end, op.unreachable, op.end),
        ...seq(0x0a, op.end, op.unreachable, op.end),
      ],
      42,
    ),
    tag,
  ),
  probe("function-references", is32([0xd2, 1, 0xd4, 0x14, 1], 42), {
    types: [toI32],
    functions: [gives42],
    elements: [declared],
  }),
  probe(
    "gc",
    all(
      is32([...i32(42), 0xfb, 0, 1, 0xfb, 2, 1, 0], 42),
      is32([...i32(-1), 0xfb, 0x1c, 0xfb, 0x1d], -1),
      is32([...i32(1), ...i32(2), 0xfb, 8, 2, 2, 0xfb, 0x0f], 2),
      [...i32(7), 0xfb, 0x1c, 0xfb, 0x14, 0x6c],
      [...i32(7), 0xfb, 0, 1, 0xfb, 0x14, 1],
    ),
    {
      types: [
        [0x5f, 1, type.i32, 0],
        [0x5e, type.i32, 1],
      ],
    },
  ),
  probe(
    "wide-arithmetic",
    all(
      [
        ...seq(...i64(-1n), ...i64(0n), ...i64(1n), ...i64(0n), 0xfc, 0x13),
        ...seq(...i64(1n), op.i64Eq, 0x21, 0, 0x50, op.localGet, 0, op.and),
      ],
      [
        ...seq(...i64(-1n), ...i64(-1n), 0xfc, 0x16),
        ...seq(...i64(-2n), op.i64Eq, 0x21, 0, ...i64(1n), op.i64Eq, op.localGet, 0, op.and),
      ],
    ),
  ),
  probe(
    "custom-page-sizes",
    [
      ...seq(...i32(2), ...i32(42), 0x3a, 0, 0),
      ...all(
        is32([0x3f, 0], 3),
        is32([...i32(2), 0x2d, 0, 0], 42),
        // So many pages of 64 KiB there could not be: some read past what they do not know.
        is32([...i32(100_000), 0x40, 0], 3),
        is32([0x3f, 0], 100_003),
      ),
    ],
    { memories: [[8, 3, 0]] },
  ),
];
