import assert from "node:assert/strict";
import { it } from "node:test";
import { hostileNames } from "../test/formats/samples.ts";
import { textColumns } from "../src/profile/printable.ts";
import { labelOf } from "./names.ts";

const vector = "void std::__2::vector<std::__2::basic_string<char>>::push_back(int const&)";

for (const [name, columns, label] of [
  ["main", 4, "main"],
  [vector, 100, vector],
  [vector, 40, "std::__2::vector<…>::push_back(…)"],
  [vector, 30, "vector<…>::push_back(…)"],
  [vector, 14, "push_back(…)"],
  [vector, 6, "push_…"],
  ["app::gc::mark", 4, "mark"],
  ["app::gc::mark", 3, "ma…"],
  ["runtime.mallocgc", 9, "mallocgc"],
  ["<app::report::Html as core::fmt::Display>::fmt", 22, "<Html as Display>::fmt"],
  ["<app::report::Html as core::fmt::Display>::fmt", 20, "fmt"],
  [`a::f<${"x, ".repeat(500)}y>::run(int)`, 12, "run(…)"],
  ["漢字漢字", 5, "漢字…"],
] as const) {
  it(`makes ${name} fit into ${columns}`, () => {
    assert.equal(labelOf(name, columns), label);
  });
}

it("makes any name fit", () => {
  for (const name of hostileNames) {
    for (const columns of [2, 5, 20])
      assert.ok(textColumns(labelOf(name, columns)) <= columns, name);
  }
});
