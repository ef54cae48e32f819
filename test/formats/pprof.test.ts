import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import * as pprofFormat from "pprof-format";
import type { Profile } from "../../src/profile/index.ts";
import { formatOf, functionTotals, readProfile, totalValues } from "../../src/profile/index.ts";
import { missing } from "../skip.ts";
import { findProgram } from "./browser.ts";
import { realisticTree } from "./realistic.ts";
import { samples } from "./samples.ts";

const pprof = formatOf("x.pb.gz")!;
const go = findProgram(["go", "go.exe"]);

/** Own and inclusive value of each name: the tool adds functions of one name up. */
type Rows = Map<string, readonly [self: number, total: number]>;

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

function rowsOf(profile: Profile, column: number): Rows {
  const rows: Rows = new Map();
  for (const { frame, self, total } of functionTotals(profile)) {
    const [knownSelf, knownTotal] = rows.get(frame.name) ?? [0, 0];
    if (total[column] === 0) continue;
    rows.set(frame.name, [knownSelf + self[column]!, knownTotal + total[column]!]);
  }
  return new Map([...rows].toSorted(byName));
}

describe(
  "go tool pprof",
  go === undefined ? missing("no go: apt-get install golang-go") : {},
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmscope-pprof-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    const run = (profile: Profile, ...options: string[]): string => {
      const file = join(folder, "profile.pb.gz");
      writeFileSync(file, gzipSync(pprof.write(profile)));
      const env = { ...process.env, PPROF_TMPDIR: folder, GOTOOLCHAIN: "local" };
      return execFileSync(go!, ["tool", "pprof", ...options, file], {
        encoding: "utf8",
        env,
        stdio: ["ignore", "pipe", "ignore"],
      });
    };

    const chosen: Readonly<Record<string, Profile>> = {
      tree: samples["tree"]!,
      recursion: samples["recursion"]!,
      blocks: samples["blocks"]!,
      "deep tree": samples["deep tree"]!,
      "huge counts": samples["huge counts"]!,
      "flat instructions": samples["flat instructions"]!,
      "inlined lines": samples["inlined lines"]!,
      realistic: realisticTree(2000),
    };
    for (const [name, profile] of Object.entries(chosen)) {
      it(`shows ${name}`, () => {
        profile.valueTypes.forEach((type, column) => {
          const sample = `-sample_index=${type.name}`;
          const all = ["-nodecount=1000000", "-nodefraction=0"];
          // The tool cuts <...> out of names that nobody has demangled, and shows mangled ones if told not to.
          if (name === "realistic") all.push("-symbolize=demangle=none");
          const text = run(profile, "-top", sample, ...all);
          assert.match(text, new RegExp(`^Type: ${type.name}$`, "m"));
          const total = /of (\d+) total/.exec(text)?.[1];
          assert.equal(Number(total), totalValues(profile)[column]);
          assert.deepEqual(topRows(text), rowsOf(profile, column));
        });
      });
    }

    it("starts with the primary value and shows the module, the mode and the notes", () => {
      const profile = samples["deep tree"]!;
      const text = run(profile, "-top");
      assert.match(text, /^Type: instructions$/m);
      assert.match(text, new RegExp(`^File: ${profile.module.name}$`, "m"));
      assert.match(text, new RegExp(`^Build ID: ${profile.module.sha256}$`, "m"));
      assert.equal(run(profile, "-comments"), `mode: tree\n${profile.notes[0]}\n`);
    });

    it("opens a profile without samples", () => {
      assert.match(run(samples["empty"]!, "-raw"), /instructions\/count\[dflt\]/);
    });
  },
);

/** Reads the rows of `-top`: flat, flat %, sum %, cum, cum %, name. */
function topRows(text: string): Rows {
  const rows: Rows = new Map();
  for (const match of text.matchAll(/^ *(\d+) +\S+% +\S+% +(\d+) +\S+% {2}(.*)$/gm)) {
    rows.set(match[3]!.replace(/ \(inline\)$/, ""), [Number(match[1]), Number(match[2])]);
  }
  // A zero has no percent sign.
  for (const match of text.matchAll(/^ *0 +0% +\S+ +(\d+) +\S+% {2}(.*)$/gm)) {
    rows.set(match[2]!, [0, Number(match[1])]);
  }
  return new Map([...rows].toSorted(byName));
}

describe("pprof-format", () => {
  it("decodes all fields", () => {
    const profile = samples["inlined lines"]!;
    const file = pprofFormat.Profile.decode(pprof.write(profile));
    const text = (index: number | bigint): string => file.stringTable.strings[Number(index)]!;
    assert.deepEqual(
      file.sampleType.map(({ type, unit }) => [text(type), text(unit)]),
      [
        ["calls", "count"],
        ["instructions", "count"],
      ],
    );
    assert.equal(text(file.defaultSampleType), "instructions");
    assert.equal(file.timeNanos, 0);
    const [mapping] = file.mapping;
    assert.equal(text(mapping!.filename), profile.module.name);
    assert.equal(text(mapping!.buildId), profile.module.sha256);
    assert.deepEqual(
      [mapping!.hasFunctions, mapping!.hasFilenames, mapping!.hasLineNumbers],
      [true, true, true],
    );
    assert.deepEqual(
      file.function.map(({ name, systemName, filename }) => [name, systemName, filename].map(text)),
      [
        ["main", "main", "main.rs"],
        ["add", "_add", "math.rs"],
        ["imported", "imported", ""],
      ],
    );
    assert.deepEqual(
      file.location.map(({ id, address, mappingId, line }) =>
        [id, address, mappingId, line[0]!.functionId, line[0]!.line].map(Number),
      ),
      [
        [1, 0, 1, 1, 3],
        [2, 0, 1, 1, 4],
        [3, 0, 1, 2, 1],
        [4, 0, 0, 3, 0],
      ],
    );
    assert.deepEqual(
      file.sample.map(({ locationId, value }) => [locationId.map(Number), value.map(Number)]),
      [
        [[1], [1, 5]],
        [[2], [0, 6]],
        [
          [3, 2],
          [9, 7],
        ],
        [
          [4, 2],
          [2, 8],
        ],
      ],
    );
  });

  it("writes files that are read, inlined functions and unpacked fields included", () => {
    const strings = new pprofFormat.StringTable();
    const id = (text: string): number => strings.dedup(text);
    const bytes = new pprofFormat.Profile({
      stringTable: strings,
      sampleType: [new pprofFormat.ValueType({ type: id("cpu"), unit: id("nanoseconds") })],
      sample: [
        new pprofFormat.Sample({
          locationId: [2, 1],
          value: [2n ** 52n],
          label: [new pprofFormat.Label({ key: id("thread"), str: id("main") })],
        }),
      ],
      function: ["outer", "inlined", "caller"].map(
        (name, index) => new pprofFormat.Function({ id: index + 1, name: id(name) }),
      ),
      location: [
        new pprofFormat.Location({ id: 1, address: 0x401000 }),
        new pprofFormat.Location({
          id: 2,
          address: 0x402000,
          line: [
            new pprofFormat.Line({ functionId: 2, line: 7 }),
            new pprofFormat.Line({ functionId: 3, line: 9 }),
          ],
        }),
      ],
      periodType: new pprofFormat.ValueType({ type: id("cpu"), unit: id("nanoseconds") }),
    }).encode();
    const found = readProfile(bytes);
    assert.equal(found?.format.name, "pprof");
    const { mode, valueTypes, frames, nodeFrames, parents, selfValues } = found.profile;
    assert.equal(mode, "imported");
    assert.deepEqual(valueTypes, [{ name: "cpu", unit: "nanoseconds" }]);
    assert.deepEqual(
      Array.from(nodeFrames, (frame) => frames[frame]),
      [
        { name: "0x401000" },
        { name: "caller", line: 9 },
        { name: "inlined", line: 7, inlined: true },
      ],
    );
    assert.deepEqual([...parents], [-1, 0, 1]);
    assert.deepEqual([...selfValues[0]!], [0, 0, 2 ** 52]);
  });
});
