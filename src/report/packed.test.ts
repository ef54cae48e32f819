import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { pack, unpack } from "./packed.ts";

it("keeps numbers, whole ones in few bytes", () => {
  const whole = fc.array(fc.maxSafeNat());
  const any = fc.array(fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.oneof(whole, any), (values) => {
      const packed = pack(values);
      assert.deepEqual([...unpack(packed, values.length)], values);
    }),
  );
  const zeros = pack(new Uint8Array(100_000));
  assert.equal(zeros.type, "leb128");
  assert.ok(zeros.base64.length < 134_000);
  assert.deepEqual(unpack(zeros, 100_000), new Float64Array(100_000));
});
