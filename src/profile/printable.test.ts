import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { clipEnd, clipMiddle, lastPart, printable, textColumns } from "./printable.ts";

describe("printable", () => {
  it("shows what would act", () => {
    assert.equal(printable("\u001b[31m\n\u007f\u009b"), "␛[31m␊␡\ufffd");
    assert.equal(printable("a\ud800b\udc00c\ud83d\ude00"), "a\ufffdb\ufffdc\u{1f600}");
    assert.equal(printable("\u202eabc\uffff"), "\ufffdabc\ufffd");
    assert.equal(printable("core::fmt<'_> ü 漢"), "core::fmt<'_> ü 漢");
  });
});

describe("clipping", () => {
  it("keeps what fits and marks what it cuts", () => {
    assert.equal(clipEnd("function", 8), "function");
    assert.equal(clipEnd("function", 5), "func…");
    assert.equal(clipEnd("function", 1), "");
    assert.equal(clipMiddle("abcdefghij", 5), "ab…ij");
    assert.equal(clipMiddle("abcdefghij", 1), "…");
    assert.equal(clipMiddle("漢漢漢漢漢", 5), "漢…漢");
  });

  it("never takes more columns than there are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(30), (text, columns) => {
        assert.ok(textColumns(clipEnd(text, columns)) <= columns);
        assert.ok(textColumns(clipMiddle(text, columns)) <= columns);
      }),
    );
  });
});

describe("lastPart", () => {
  it("drops namespaces, but none inside brackets", () => {
    const parts: [name: string, last: string][] = [
      ["alloc::vec::Vec<a::T>::push", "push"],
      ["<a::B as core::fmt::Display>::fmt", "fmt"],
      ["ns::f(ns::T, ns::U)", "f(ns::T, ns::U)"],
      ["a::{closure#0}", "{closure#0}"],
      ["encoding/json.Marshal", "Marshal"],
      ["~lib/rt/tlsf/allocateBlock", "allocateBlock"],
      ["memcpy", "memcpy"],
      ["odd::", "odd::"],
      ["std::operator->::x", "x"],
    ];
    for (const [name, last] of parts) assert.equal(lastPart(name), last);
  });
});
