import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Cursor, Sink } from "./index.ts";

test("collects bytes whatever its first size and the size of the pieces", () => {
  fc.assert(
    fc.property(fc.nat(5), fc.array(fc.uint8Array({ maxLength: 200 })), (capacity, pieces) => {
      const sink = new Sink(capacity);
      for (const piece of pieces) {
        if (piece.length === 1) sink.byte(piece[0]!);
        else sink.bytes(piece);
      }
      assert.deepEqual(Buffer.from(sink.take()), Buffer.concat(pieces));
      assert.deepEqual(sink.view(), sink.take());
      assert.equal(
        sink.length,
        pieces.reduce((sum, { length }) => sum + length, 0),
      );
    }),
  );
});

test("copies a part of an array", () => {
  const source = Uint8Array.from({ length: 300 }, (_, at) => at);
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const sink = new Sink(0);
      sink.bytes(source, start, end);
      assert.deepEqual(sink.take(), source.slice(start, end));
    }),
  );
});

test("writes the shortest form", () => {
  const length = (write: (sink: Sink) => void): number => {
    const sink = new Sink(1);
    write(sink);
    return sink.length;
  };
  for (const [value, expected] of [
    [0, 1],
    [127, 1],
    [128, 2],
    [16383, 2],
    [16384, 3],
    [0xffff_ffff, 5],
  ] as const) {
    assert.equal(
      length((sink) => sink.u32(value)),
      expected,
    );
    assert.equal(
      length((sink) => sink.u64(BigInt(value))),
      expected,
    );
  }
  for (const [value, expected] of [
    [0, 1],
    [63, 1],
    [64, 2],
    [-64, 1],
    [-65, 2],
    [0x7fff_ffff, 5],
    [-0x8000_0000, 5],
  ] as const) {
    assert.equal(
      length((sink) => sink.s32(value)),
      expected,
    );
    assert.equal(
      length((sink) => sink.s64(BigInt(value))),
      expected,
    );
  }
  assert.equal(
    length((sink) => sink.u64(2n ** 64n - 1n)),
    10,
  );
  assert.equal(
    length((sink) => sink.s64(-(2n ** 63n))),
    10,
  );
});

test("puts lengths in front of what comes behind, also one in another", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 20_000 }),
      fc.uint8Array({ maxLength: 300 }),
      (outer, inner) => {
        const sink = new Sink(3);
        sink.byte(0xee);
        sink.sized(() => {
          sink.bytes(outer);
          sink.sized(() => sink.bytes(inner));
        });
        const cursor = new Cursor(sink.take());
        assert.equal(cursor.byte(), 0xee);
        const end = cursor.u32() + cursor.position;
        const start = cursor.skip(outer.length);
        assert.deepEqual(cursor.bytes.slice(start, cursor.position), outer);
        assert.equal(cursor.u32(), inner.length);
        cursor.skip(inner.length);
        assert.equal(cursor.position, end);
        assert.ok(cursor.done);
      },
    ),
    { numRuns: 50 },
  );
});

test("keeps its buffer when it is cleared, and can be shortened", () => {
  const sink = new Sink(4);
  sink.name("name");
  const taken = sink.take();
  sink.truncate(1);
  assert.deepEqual(sink.take(), Uint8Array.of(4));
  sink.clear();
  assert.equal(sink.length, 0);
  sink.byte(9);
  assert.deepEqual(sink.take(), Uint8Array.of(9));
  assert.deepEqual(taken, Uint8Array.of(4, 0x6e, 0x61, 0x6d, 0x65));
});
