import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Cursor, DecodeError, Sink } from "./index.ts";

/** Numbers near powers of two, where lengths change. */
const edges = Array.from({ length: 65 }, (_, power) => 2n ** BigInt(power));
const unsigned = (bits: number): fc.Arbitrary<bigint> =>
  fc
    .oneof(
      fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }),
      fc.constantFrom(...edges.flatMap((edge) => [edge - 1n, edge])),
    )
    .map((value) => BigInt.asUintN(bits, value));
const signed = (bits: number): fc.Arbitrary<bigint> =>
  unsigned(bits).map((value) => BigInt.asIntN(bits, value));

function written(write: (sink: Sink) => void): Uint8Array {
  const sink = new Sink(1);
  write(sink);
  return sink.take();
}

/** Writes a LEB128 number in exactly `length` bytes. */
function stretched(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, nth) => {
    const low = Number((value >> BigInt(7 * nth)) & 0x7fn);
    return nth === length - 1 ? low : low | 0x80;
  });
}

const forms = {
  u32: {
    bits: 32,
    values: unsigned(32),
    write: (sink: Sink, value: bigint) => sink.u32(Number(value)),
    read: (cursor: Cursor) => BigInt(cursor.u32()),
  },
  s32: {
    bits: 32,
    values: signed(32),
    write: (sink: Sink, value: bigint) => sink.s32(Number(value)),
    read: (cursor: Cursor) => BigInt(cursor.signed(32)),
  },
  s33: {
    bits: 33,
    values: signed(33),
    write: (sink: Sink, value: bigint) => sink.s32(Number(value)),
    read: (cursor: Cursor) => BigInt(cursor.signed(33)),
  },
  u64: {
    bits: 64,
    values: unsigned(64),
    write: (sink: Sink, value: bigint) => sink.u64(value),
    read: (cursor: Cursor) => cursor.u64(),
  },
  s64: {
    bits: 64,
    values: signed(64),
    write: (sink: Sink, value: bigint) => sink.s64(value),
    read: (cursor: Cursor) => cursor.s64(),
  },
} as const;

for (const [name, { bits, values, write, read }] of Object.entries(forms)) {
  const longest = Math.ceil(bits / 7);

  test(`reads back what is written, and no more: ${name}`, () => {
    fc.assert(
      fc.property(values, fc.uint8Array({ maxLength: 3 }), (value, behind) => {
        const bytes = written((sink) => {
          write(sink, value);
          sink.bytes(behind);
        });
        const cursor = new Cursor(bytes);
        assert.equal(read(cursor), value);
        assert.equal(cursor.position, bytes.length - behind.length);
      }),
    );
  });

  test(`reads numbers of more bytes than they need, up to ${longest}: ${name}`, () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: longest }), (value, more) => {
        const shortest = written((sink) => write(sink, value)).length;
        const length = Math.min(longest, shortest + more);
        const cursor = new Cursor(stretched(value, length));
        assert.equal(read(cursor), value);
        assert.ok(cursor.done);
      }),
    );
  });

  test(`refuses numbers that are cut, too long or too large, at their start: ${name}`, () => {
    fc.assert(
      fc.property(values, fc.nat(4), (value, before) => {
        const prefix = new Uint8Array(before);
        const at = (tail: Uint8Array): Cursor =>
          new Cursor(Uint8Array.of(...prefix, ...tail), before);
        const full = stretched(value, longest);
        assert.throws(() => read(at(full.subarray(0, longest - 1))), /unexpected end/);
        const long = full.slice();
        long[longest - 1]! |= 0x80;
        assert.throws(
          () => read(at(Uint8Array.of(...long, 0))),
          (error) =>
            error instanceof DecodeError &&
            error.what === "integer representation too long" &&
            error.offset === before,
        );
        const used = bits - 7 * (longest - 1);
        const large = full.slice();
        // One bit past the width, unlike its neighbours.
        large[longest - 1]! ^= 1 << used;
        assert.throws(
          () => read(at(large)),
          (error) =>
            error instanceof DecodeError &&
            error.what === "integer too large" &&
            error.offset === before,
        );
      }),
    );
  });
}

test("names the place in the whole file when it reads a part", () => {
  const cursor = new Cursor(new Uint8Array(10), 4, 6);
  cursor.skip(2);
  assert.ok(cursor.done);
  for (const read of [
    () => cursor.byte(),
    () => cursor.peek(),
    () => cursor.u32(),
    () => cursor.skip(1),
  ]) {
    assert.throws(read, (error) => error instanceof DecodeError && error.offset === 6);
  }
  assert.throws(() => cursor.fail("wrong", 0x1f3c), /^DecodeError: wrong \(at offset 0x1f3c\)$/);
});

test("refuses a count that is larger than what follows", () => {
  const bytes = Uint8Array.of(3, 0, 0, 0, 0);
  assert.equal(new Cursor(bytes).count(), 3);
  assert.throws(() => new Cursor(bytes).count(2), /a count of 3 is larger than what follows/);
  assert.throws(
    () => new Cursor(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)).count(),
    /4294967295/,
  );
});

test("reads names as UTF-8 and refuses what is none", () => {
  fc.assert(
    // All characters, but no halves of surrogate pairs.
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constant("\ufeffname")), (text) => {
      const cursor = new Cursor(written((sink) => sink.name(text)));
      assert.equal(cursor.name(), text);
    }),
  );
  assert.throws(
    () => new Cursor(Uint8Array.of(2, 0xc3, 0x28)).name(),
    /malformed UTF-8 encoding \(at offset 0x1\)/,
  );
  assert.throws(() => new Cursor(Uint8Array.of(5, 0x61)).name(), /unexpected end/);
});
