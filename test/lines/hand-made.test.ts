import assert from "node:assert/strict";
import { test } from "node:test";
import { openDebugInfo } from "../../src/symbols/index.ts";
import type { DebugInfo } from "../../src/symbols/index.ts";
import { decodeModule, findSection, sectionId } from "../../src/wasm/index.ts";
import { dwarf4, dwarf5, moduleWith } from "./hand-made.ts";
import type { Sections } from "./hand-made.ts";

const codeStart = findSection(decodeModule(moduleWith({})), sectionId.code)!.contentStart;
const addresses = Array.from({ length: 20 }, (_, address) => address);

function open(sections: Sections): DebugInfo | undefined {
  return openDebugInfo(decodeModule(moduleWith(sections)));
}

/** The frames at each address of the code section, as text; addresses without any are left out. */
function frames(info: DebugInfo): Record<number, string> {
  const found: Record<number, string> = {};
  for (const address of addresses) {
    const shown = info
      .framesAt(codeStart + address)
      .map(({ name, file, line, column, approximate }) =>
        [name, file, line, column, approximate && "approximate"].filter(Boolean).join(" "),
      );
    if (shown.length > 0) found[address] = shown.join(" < ");
  }
  return found;
}

for (const offsetSize of [4, 8] as const) {
  test(`reads DWARF 5 with offsets of ${offsetSize} bytes`, () => {
    const info = open(dwarf5(offsetSize))!;
    const inner = "space::inner() /code/src/b.c 20 2";
    const outer = "outer /code/src/b.c 33 9";
    assert.deepEqual(frames(info), {
      5: "outer /code/src/b.c 10 2",
      6: "outer /code/src/b.c 10 2",
      7: `${inner} < ${outer}`,
      8: `${inner} < ${outer}`,
      9: `${inner} approximate < ${outer}`,
      10: "outer /code/src/b.c 12 2",
      11: "outer /code/src/b.c 12 2",
    });
    assert.deepEqual(info.notes, []);
    const [at7, at8] = [info.framesAt(codeStart + 7), info.framesAt(codeStart + 8)];
    assert.equal(at7, at8, "equal answers are one array");
    assert.equal(at7[0]?.mangledName, "_ZN5space5innerEv");
  });
}

for (const version of [2, 3, 4] as const) {
  test(`reads DWARF ${version}, and passes over a unit of a version that nobody knows`, () => {
    const info = open(dwarf4(version))!;
    assert.deepEqual(frames(info), {
      5: "one /w/a.c 1",
      6: "one /w/a.c 3",
      7: "one /abs/b.h 5",
      ...Object.fromEntries([8, 9, 10, 11].map((address) => [address, "one /w/include/c.c 7"])),
    });
    assert.match(info.notes.join(), /^\.debug_info: DWARF of version 9 \(at offset 0x/);
  });
}

test("knows nothing of modules without debugging data or without code", () => {
  assert.equal(open({}), undefined);
  assert.equal(openDebugInfo(decodeModule(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))), undefined);
});

const samples: Record<string, Sections> = {
  "DWARF 5": dwarf5(4),
  "DWARF 5 of 64 bits": dwarf5(8),
  "DWARF 2": dwarf4(2),
  "DWARF 4": dwarf4(4),
};

for (const [sample, sections] of Object.entries(samples)) {
  for (const [name, content] of Object.entries(sections)) {
    test(`never throws when ${name} of ${sample} is cut, and says so`, () => {
      let silent = 0;
      for (let length = 1; length < content.length; length++) {
        const info = open({ ...sections, [name]: content.subarray(0, length) });
        if (info === undefined) continue;
        const whole = JSON.stringify(frames(open(sections)!));
        if (JSON.stringify(frames(info)) !== whole && info.notes.length === 0) silent++;
      }
      // A cut behind a complete unit, sequence or text looks whole.
      assert.ok(silent <= 2, `${silent} cuts change the answers without a note`);
    });

    test(`never throws and always ends when bytes of ${name} of ${sample} are wrong`, () => {
      for (const [at] of content.entries()) {
        for (const byte of [0, 1, 0x7f, 0x80, 0xff, content[at]! ^ 1, content[at]! + 1]) {
          const wrong = content.slice();
          wrong[at] = byte;
          const info = open({ ...sections, [name]: wrong })!;
          frames(info);
          assert.ok(info.notes.length <= 20);
        }
      }
    });
  }
}
