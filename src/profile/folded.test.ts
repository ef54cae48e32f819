import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostileNames, profileOf, samples } from "../../test/formats/samples.ts";
import { foldedName, readFolded, writeFolded } from "./folded.ts";
import { totalValues } from "./totals.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const read = (file: string) => readFolded(new TextEncoder().encode(file));

describe("folded", () => {
  it("is a line a stack, root first, without stacks that weigh nothing", () => {
    const lines = ["main;parse 20 400", "main;parse;alloc 60 90", "main;idle 5 0"];
    assert.equal(text(writeFolded(profileOf(lines))), "main;parse 400\nmain;parse;alloc 90\n");
  });

  it("has one line for each of the most hostile names", () => {
    const file = text(writeFolded(samples["hostile names"]!));
    assert.equal(file.split("\n").length, hostileNames.length + 1);
    for (const name of hostileNames) assert.doesNotMatch(foldedName(name), /[;\n\r]/);
  });

  it("turns seconds with fractions into nanoseconds", () => {
    assert.equal(text(writeFolded(samples["seconds"]!)), "main 250000000\nidle 1500000000\n");
  });

  it("is read with CRLF, a byte order mark, empty lines, fractions and no last line end", () => {
    const profile = read("\ufeffa;b 1\r\n\r\na;b 2.5\r\na b 42 7");
    assert.deepEqual(
      profile?.frames.map(({ name }) => name),
      ["a", "b", "a b 42"],
    );
    assert.deepEqual(totalValues(profile), [10.5]);
  });

  it("is not what has another line in it", () => {
    for (const file of ["a;b", "a 1\nb", "a -1", " 1", "12", "a 1 \n"])
      assert.equal(read(file), null);
  });
});
