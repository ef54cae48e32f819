import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { root } from "../../test/root.ts";
import { textColumns } from "./printable.ts";
import { shortName } from "./short-name.ts";

const rows: readonly (readonly [name: string, width: number, short: string])[] = [
  ["main", 10, "main"],
  ["foo::bar(int, char const*) const", 20, "foo::bar(…) const"],
  ["foo()::'lambda'(int)::operator()(int) const", 39, "foo()::'lambda'(…)::operator()(…) const"],
  ["auto a::f(int) const::'lambda'(int)::operator()(int) const", 25, "…::operator()(…) const"],
  ["std::vector<int> a::make<int>(int)", 25, "a::make<int>(…)"],
  ["std::vector<int> a::make<std::string>(int)", 18, "a::make<…>(…)"],
  ["decltype(fp + fp0) a::add<int>(int, int)", 25, "a::add<int>(…)"],
  ["void (anonymous namespace)::f(int, int)", 30, "(anonymous namespace)::f(…)"],
  ["guard variable for a::f(int)::value", 34, "guard variable for a::f(…)::value"],
  ["a::operator<(a::B const&, a::B const&)", 20, "a::operator<(…)"],
  ["a::B::operator std::string const&() const", 38, "…::operator std::string const&() const"],
  ["<alloc::vec::Vec<T> as core::ops::Drop>::drop", 30, "<Vec<T> as Drop>::drop"],
  ["<alloc::vec::Vec<core::Cell<T>> as core::ops::Drop>::drop", 30, "<Vec<…> as Drop>::drop"],
  ["<a::B<<a::C as a::D>::E> as core::ops::Drop>::drop", 30, "<B<…> as Drop>::drop"],
  ["core::ptr::drop_in_place::<[u8; 12]>", 30, "core::ptr::drop_in_place::<…>"],
  ["one::two::three::four::five", 16, "…::four::five"],
  ["averyveryverylongname", 10, "aver…gname"],
  ["ns::averyveryverylongname(int)", 13, "averyv…ame(…)"],
  ["ns::漢字漢字漢字", 9, "漢字…漢字"],
];

for (const [name, width, short] of rows) {
  test(`shortens ${name} to ${width}`, () => assert.equal(shortName(name, width), short));
}

const corpus = ["cxx", "rust"].flatMap((language) =>
  readFileSync(join(root, "test/golden/symbols", `${language}.txt`), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(line.indexOf("\t") + 1)),
);

test("fits any name into any width, keeps what fits, and has nothing left to do", () => {
  const names = fc.oneof(fc.constantFrom(...corpus), fc.string());
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 120 }), (name, width) => {
      const short = shortName(name, width);
      assert.ok(textColumns(short) <= width);
      if (textColumns(name) <= width) assert.equal(short, name);
      else assert.ok(short.length > 0);
      assert.equal(shortName(short, width), short);
    }),
    { numRuns: 1000 },
  );
});
