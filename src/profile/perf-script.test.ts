import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readProfile } from "./index.ts";

const read = (text: string): ReturnType<typeof readProfile> =>
  readProfile(new TextEncoder().encode(text));

describe("what perf script prints", () => {
  it("is read as a sample a paragraph", () => {
    const found = read(
      [
        "node 26362 11985.176802:     250000 cpu-clock:pppH: ",
        "\t         1556cd6 a(int, char*)+0x56 (/usr/bin/node)",
        "\t     52e8393c8a0 main+0x20 (/tmp/a (deleted))",
        "",
        "Web Content 12/34 [003] 1.5: cycles:u: ",
        "\t     52e8393c8a0 main (/tmp/a (deleted))",
        "",
        "node 26362 11985.176802:     250000 cpu-clock:pppH: ",
        "",
      ].join("\n"),
    );
    assert.equal(found?.format.name, "perf script");
    const { frames, nodeFrames, parents, selfValues } = found.profile;
    assert.deepEqual(
      Array.from(nodeFrames, (frame) => frames[frame]!.name),
      ["main", "a(int, char*)"],
    );
    assert.deepEqual([...parents], [-1, 0]);
    assert.deepEqual([...selfValues[0]!], [1, 1]);
  });

  it("is told from other text", () => {
    for (const text of ["main;f 12\n", "hello world:\n", "a 1: b\n", "x\n"]) {
      assert.notEqual(read(text)?.format.name, "perf script", text);
    }
  });
});
