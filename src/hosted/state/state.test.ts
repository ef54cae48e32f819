import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../../bytes/index.ts";
import { readContainer, writeContainer } from "./chunks.ts";
import { crc32 } from "./crc32.ts";
import { stateTags } from "./format.ts";
import { applyDelta, canonicalBytes, type HostedState, readState, writeState } from "./index.ts";
import { lz4Compress, lz4Decompress } from "./lz4.ts";

const page = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 4096 }, (_, at) => (Math.imul(at ^ seed, 0x9e37_79b1) >>> 27) & 0xff);

const state: HostedState = {
  version: 1,
  identity: { chunks: 0, checksum: 0 },
  module: { path: "app.wasm", bytes: 1234, sha256: "0123456789abcdef".repeat(4) },
  branches: 2n ** 40n + 5n,
  phase: "main",
  args: ["app.wasm", "ä", ""],
  environment: ["HOME=/"],
  frames: [
    {
      functionIndex: 7,
      pc: 0x123,
      locals: [
        { type: "i32", bits: 0xffff_ffffn },
        { type: "f64", bits: 0x7ff8_0000_0000_0001n },
        { type: "v128", bits: (1n << 127n) + 3n },
      ],
      operands: [
        { type: "funcref", bits: 0n },
        { type: "funcref", bits: 9n },
      ],
    },
    { functionIndex: 1, pc: 0x99, locals: [], operands: [{ type: "i64", bits: 1n }] },
  ],
  globals: [{ type: "f32", bits: 0x3f80_0000n }],
  tables: [{ elements: [] }, { elements: [null, 3, null] }],
  memories: [
    {
      sizePages: 20,
      pages: new Map(Array.from({ length: 40 }, (_, n) => [n * 7, page(n * 7)])),
    },
  ],
  droppedData: [2, 300],
  droppedElements: [],
  descriptors: [
    {
      fd: 5,
      kind: "file",
      root: 3,
      path: "a/b.txt",
      flags: 1,
      rights: 0xffn,
      inheritedRights: 0n,
      offset: 77n,
      size: 100n,
      changedNs: 1_700_000_000_000_000_001n,
    },
  ],
  clocksNs: new Map([[1, 5_000_000_000n]]),
};

test("a state that is written is read again", () => {
  const bytes = writeState(state);
  const { identity, ...read } = readState(bytes);
  const { identity: _, ...expected } = state;
  assert.deepEqual(read, expected);
  assert.ok(identity.chunks > 10);
  assert.deepEqual(Buffer.from(writeState(readState(bytes))), Buffer.from(bytes));
});

test("circumstances are no part of what two runs have in common", () => {
  const later = {
    ...state,
    clocksNs: new Map([[1, 6n]]),
    descriptors: state.descriptors.map((item) => ({ ...item, changedNs: 1n })),
  };
  assert.notDeepEqual(writeState(later), writeState(state));
  assert.deepEqual(canonicalBytes(writeState(later)), canonicalBytes(writeState(state)));
  const other = { ...state, branches: 1n };
  assert.notDeepEqual(canonicalBytes(writeState(other)), canonicalBytes(writeState(state)));
});

test("every damaged, cut off, foreign or newer state is refused with the reason", () => {
  const bytes = writeState(state);
  for (let length = 0; length < bytes.length; length += 1 + (length >> 4)) {
    assert.throws(() => readState(bytes.subarray(0, length)), DecodeError, `${length}`);
  }
  for (let at = 0; at < bytes.length; at += 1 + (at >> 5)) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1 << (at % 8);
    assert.throws(() => readState(damaged), DecodeError, `${at}`);
  }
  const newer = bytes.slice();
  newer[8] = 2;
  assert.throws(() => readState(newer), /newer version 2; this reads up to 1/);
  assert.throws(() => readState(Uint8Array.of(0, 0x61, 0x73, 0x6d)), /no state/);
  assert.throws(() => readState(Uint8Array.of(...bytes, 0)), /bytes behind the end/);
});

test("a part of circumstances that is not known is passed over, another one is not", () => {
  const { chunks } = readContainer(writeState(state));
  const tag = (text: string): number => Buffer.from(text).readUInt32LE();
  const withPart = (name: string): Uint8Array =>
    writeContainer(false, [...chunks, { tag: tag(name), content: Uint8Array.of(1, 2) }]);
  assert.equal(readState(withPart("host")).branches, state.branches);
  assert.throws(() => readState(withPart("HOST")), /does not know/);
  const swapped = writeContainer(false, chunks);
  const without = writeContainer(
    false,
    chunks.filter(({ tag: t }) => t !== stateTags.module),
  );
  assert.deepEqual(readState(swapped).module, state.module);
  assert.throws(() => readState(without), /names no module/);
});

test("a delta completes its base and no other state", () => {
  const base = readState(writeState(state));
  const changed = new Map<number, Uint8Array | null>([
    [7, null],
    [8, page(99)],
  ]);
  const delta: HostedState = {
    ...state,
    branches: 3n,
    base: { name: "app.wsc", identity: base.identity },
    memories: [{ sizePages: 21, pages: changed }],
  };
  const whole = applyDelta(base, readState(writeState(delta)));
  assert.equal(whole.branches, 3n);
  assert.equal(whole.base, undefined);
  const { sizePages, pages } = whole.memories[0]!;
  assert.deepEqual([sizePages, pages.has(7), pages.size], [21, false, 40]);
  assert.deepEqual([pages.get(8), pages.get(14)], [page(99), page(14)]);
  assert.throws(() => applyDelta(readState(writeState(whole)), delta), RangeError);
});

test("what LZ4 compresses it decompresses, and nothing else", () => {
  const runs = fc
    .array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 40 })))
    .map((parts) =>
      Uint8Array.from(
        parts.flatMap(([run, times]) => Array.from({ length: times }, () => [...run]).flat()),
      ),
    );
  fc.assert(
    fc.property(runs, (bytes) => {
      const small = lz4Compress(bytes);
      assert.deepEqual(lz4Decompress(small, bytes.length), bytes);
      assert.equal(lz4Decompress(small, bytes.length + 1), undefined);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(300), (bytes, length) => {
      const made = lz4Decompress(bytes, length);
      assert.ok(made === undefined || made.length === length);
    }),
  );
  assert.ok(lz4Compress(new Uint8Array(60_000)).length < 300);
});

test("CRC-32 is that of zip", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf4_3926);
  assert.equal(
    crc32(new TextEncoder().encode("6789"), crc32(new TextEncoder().encode("12345"))),
    0xcbf4_3926,
  );
});
