import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { head } from "../../test/formats/samples.ts";
import { treeProfile } from "./builder.ts";
import { lineTotals } from "./lines.ts";
import { formatLines } from "./lines-text.ts";
import type { Frame, Profile } from "./model.ts";

const at = (name: string, file: string, line: number, more: Partial<Frame> = {}): Frame => ({
  name,
  file,
  line,
  ...more,
});

/** main runs lines 3 and 4; `push`, from a header, is inlined at 4; `main` calls itself at 4. */
const profile: Profile = treeProfile(head({ mode: "blocks" }), {
  frames: [
    at("main", "app.c", 3, { funcIndex: 1 }),
    at("main", "app.c", 4, { funcIndex: 1 }),
    at("push", "vec.h", 12, { funcIndex: 1, inlined: true }),
    { name: "no lines", funcIndex: 2 },
  ],
  parents: [-1, -1, 1, 1, -1],
  nodeFrames: [0, 1, 2, 1, 3],
  selfValues: [
    [1, 0, 0, 0, 0],
    [10, 20, 60, 5, 5],
  ],
});

describe("lineTotals", () => {
  it("adds up own and inclusive values, recursion once, the hottest first", () => {
    assert.deepEqual(lineTotals(profile), [
      { file: "vec.h", line: 12, functions: ["push"], self: 60, total: 60 },
      { file: "app.c", line: 4, functions: ["main"], self: 25, total: 85 },
      { file: "app.c", line: 3, functions: ["main"], self: 10, total: 10 },
    ]);
  });

  it("gives nothing where no frame has a line", () => {
    const flat = treeProfile(head(), {
      frames: [{ name: "main" }],
      parents: [-1],
      nodeFrames: [0],
      selfValues: [[1], [1]],
    });
    assert.deepEqual(lineTotals(flat), []);
  });
});

describe("formatLines", () => {
  const options = {
    width: 70,
    colors: false,
    type: { name: "instructions", unit: "count" } as const,
    whole: 100,
    top: 2,
  };
  const source = ["#include <x>", "int main() {", "\tint a = 1;", "  push(a);", "  return a;", "}"];

  it("shows the hottest lines in their source, and functions where there is none", () => {
    const sourceOf = (file: string): string[] | undefined =>
      file === "app.c" ? source : undefined;
    assert.equal(
      formatLines(lineTotals(profile), { ...options, sourceOf }),
      [
        "vec.h",
        "       %  instructions  line",
        " 60.00 %            60    12  push",
        "",
        "app.c",
        "       %  instructions  with callees  line",
        "                                         2  int main() {",
        " 10.00 %            10            10     3      int a = 1;",
        " 25.00 %            25            85     4    push(a);",
        "                                         5    return a;",
        "                                         6  }",
        "",
      ].join("\n"),
    );
  });

  it("marks gaps, cuts long lines at their end and shows control characters as pictures", () => {
    const long = Array.from({ length: 12 }, () => `x\u001b${"y".repeat(80)}`);
    const text = formatLines(lineTotals(profile), { ...options, top: 3, sourceOf: () => long });
    assert.ok(!text.includes("\u001b"));
    for (const line of text.split("\n")) assert.ok(line.length <= 70, line);
    const far = lineTotals(profile).map((total, index) => ({
      ...total,
      file: "a",
      line: 1 + index * 9,
    }));
    assert.match(formatLines(far, { ...options, top: 3, sourceOf: () => [] }), /\n {7}…\n/);
  });
});
