import assert from "node:assert/strict";
import { it } from "node:test";
import { samples } from "../../test/formats/samples.ts";
import { fileLines } from "./file-lines.ts";

it("gives the text around lines, files with the highest cost first", () => {
  const text = Array.from({ length: 60 }, (_, index) => `${index + 1}`).join("\r\n");
  const { report } = fileLines(samples["inlined lines"]!, new Map([["main.rs", text]]))!;
  assert.deepEqual(
    report.files.map(({ name, lines, self, total }) => [name, lines, self, total]),
    [
      ["main.rs", [3, 4], [5, 6], [5, 21]],
      ["math.rs", [1], [7], [7]],
    ],
  );
  const [part] = report.files[0]!.source!;
  assert.deepEqual([part!.first, part!.lines.length, part!.lines[15]], [1, 16, "16"]);
  assert.equal(report.files[1]!.source, undefined);
  assert.equal(fileLines(samples["tree"]!), undefined);
});

it("keeps line numbers that the text does not have", () => {
  const { report } = fileLines(samples["inlined lines"]!, new Map([["main.rs", "only"]]))!;
  assert.deepEqual(report.files[0]!.source, [{ first: 1, lines: ["only"] }]);
});
