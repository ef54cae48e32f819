import assert from "node:assert/strict";
import { it } from "node:test";
import { head, samples } from "../../test/formats/samples.ts";
import { treeProfile } from "../profile/index.ts";
import { fileLines } from "./file-lines.ts";
import { lineTotals } from "./line-totals.ts";

it("adds up a line wherever it stands, once where it stands twice", () => {
  const at = (line: number, name = "f"): { name: string; file: string; line: number } => ({
    name,
    file: "a.c",
    line,
  });
  const profile = treeProfile(head(), {
    frames: [at(1), at(2), at(1, "g"), { name: "host" }],
    parents: [-1, 0, 1, 2, -1],
    nodeFrames: [0, 1, 2, 3, 3],
    selfValues: [
      [0, 0, 0, 0, 0],
      [1, 10, 100, 1000, 5000],
    ],
  });
  assert.deepEqual(lineTotals(profile), [
    { file: "a.c", line: 1, self: 101, total: 1111 },
    { file: "a.c", line: 2, self: 10, total: 1110 },
  ]);
});

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
