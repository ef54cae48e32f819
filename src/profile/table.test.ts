import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostileNames, samples } from "../../test/formats/samples.ts";
import { textColumns } from "./printable.ts";
import { formatTable } from "./table-text.ts";
import { tableOf } from "./table.ts";
import { totalValues } from "./totals.ts";

const plain = { width: 80, colors: false };

describe("table", () => {
  it("shows own and inclusive values of a tree", () => {
    assert.equal(
      formatTable(tableOf(samples["recursion"]!), plain),
      [
        "  self %  self instructions  total  calls  function",
        " 62.50 %                 15     23      3  f",
        " 33.33 %                  8     13      2  g",
        "  4.17 %                  1     24      1  main",
        "100.00 %                 24             6  (all)",
        "",
      ].join("\n"),
    );
  });

  it("shows calls once, where calls are what is counted", () => {
    assert.equal(
      formatTable(tableOf(samples["flat calls"]!, { top: 1 }), plain),
      [
        "  self %  calls  function",
        " 99.47 %  1,500  app::parse",
        "  0.53 %      8  (2 others)",
        "100.00 %  1,508  (all)",
        "",
      ].join("\n"),
    );
  });

  it("shows the hottest blocks with their offset, and the notes", () => {
    assert.equal(
      formatTable(tableOf(samples["blocks"]!), plain),
      [
        "  self %  instructions  calls  function",
        " 99.83 %         7,000      1  loop",
        "  0.17 %            12      1  main",
        "100.00 %         7,012      2  (all)",
        "",
        "instructions  entered  length  offset  hottest blocks",
        "       7,000    1,000       7  0x1f3c  loop",
        "          12        1      12  0x1e00  main",
        "",
        "note: The program trapped: unreachable.",
        "note: ",
        "",
      ].join("\n"),
    );
  });

  it("adds up to the whole, however many rows are shown", () => {
    for (const profile of Object.values(samples)) {
      for (const top of [0, 1, 3, 1000]) {
        const { rows, others, sum } = tableOf(profile, { top });
        const shown = [...rows, ...(others ? [others] : [])];
        assert.equal(
          shown.reduce((total, { self }) => total + self, 0),
          totalValues(profile)[profile.primary],
        );
        assert.equal(
          shown.reduce((total, { calls = 0 }) => total + calls, 0),
          sum.calls ?? 0,
        );
      }
    }
  });

  it("keeps to the width and shows no control characters", () => {
    for (const width of [40, 60, 200]) {
      const text = formatTable(tableOf(samples["hostile names"]!), { width, colors: false });
      const lines = text.trimEnd().split("\n");
      assert.equal(lines.length, hostileNames.length + 2);
      for (const line of lines) assert.ok(textColumns(line) <= Math.max(width, 50), line);
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
  });

  it("never cuts a number", () => {
    const text = formatTable(tableOf(samples["huge counts"]!), { width: 1, colors: false });
    assert.match(text, /9,007,199,254,739,990/);
    assert.match(text, /\(all\)/);
  });

  it("looks the same in colour, codes aside", () => {
    for (const profile of Object.values(samples)) {
      const table = tableOf(profile);
      const colored = formatTable(table, { width: 80, colors: true });
      // oxlint-disable-next-line no-control-regex -- the codes begin with a control character
      const codes = /\u001b\[\d+m/g;
      assert.match(colored, codes);
      assert.equal(colored.replaceAll(codes, ""), formatTable(table, plain));
    }
  });
});
