import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Profile } from "../../src/profile/index.ts";
import { formatOf, functionTotals, totalValues } from "../../src/profile/index.ts";
import { missing } from "../skip.ts";
import { findProgram } from "./browser.ts";
import { realisticTree } from "./realistic.ts";
import { profileOf, samples } from "./samples.ts";

const callgrind = formatOf("callgrind.out.7")!;
const annotate = findProgram(["callgrind_annotate"]);

// No two functions of one name and file: the tool adds them up.
const profiles: Readonly<Record<string, Profile>> = {
  "flat calls": samples["flat calls"]!,
  "flat instructions": samples["flat instructions"]!,
  tree: samples["tree"]!,
  recursion: samples["recursion"]!,
  "deep tree": samples["deep tree"]!,
  "huge counts": samples["huge counts"]!,
  "inlined twice": samples["inlined twice"]!,
  "a root that is called": profileOf(["f 1 5", "f;g 1 7", "g 1 20", "g;f 2 3", "g;f;g 1 1"]),
  realistic: realisticTree(2000),
};

describe(
  "callgrind_annotate",
  annotate === undefined ? missing("no callgrind_annotate: apt-get install valgrind") : {},
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmscope-callgrind-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    const run = (profile: Profile, ...options: string[]): string => {
      const file = join(folder, "callgrind.out.1");
      writeFileSync(file, callgrind.write(profile));
      return execFileSync(annotate!, ["--threshold=100", "--auto=no", ...options, file], {
        encoding: "utf8",
        // Warnings about lines that it does not understand would stand there.
        stdio: ["ignore", "pipe", "pipe"],
      });
    };

    for (const [name, profile] of Object.entries(profiles)) {
      for (const kind of ["self", "total"] as const) {
        it(`shows what functions spend, ${kind}: ${name}`, () => {
          const event = profile.valueTypes[profile.primary]!.name;
          const inclusive = kind === "total" ? "yes" : "no";
          const text = run(profile, `--show=${event}`, `--inclusive=${inclusive}`);
          const total = /^ *([\d,]+) .*PROGRAM TOTALS$/m.exec(text)![1]!;
          assert.equal(Number(total.replaceAll(",", "")), totalValues(profile)[profile.primary]);
          const wanted = functionTotals(profile)
            .map(({ frame, ...values }) => [frame.name, values[kind][profile.primary]!] as const)
            .filter(([, value]) => value > 0);
          const found = rowsOf(text).filter(([, value]) => value > 0);
          assert.deepEqual(sorted(found), sorted(wanted));
        });
      }
    }

    it("shows costs of lines", () => {
      const lines = callgrindLines(samples["inlined lines"]!);
      assert.ok(lines.includes("fl=(1) main.rs"));
      assert.ok(lines.includes("3 5 1") && lines.includes("4 6 0") && lines.includes("1 7 9"));
    });

    it("names the parts of a function that are of other files", () => {
      const inlined = { name: "f", funcIndex: 1, file: "b.h", line: 9 };
      const profile: Profile = { ...profileOf(["f 1 2", "f;g 1 3"]) };
      const frames = [{ name: "f", funcIndex: 1, file: "a.c", line: 1 }, inlined];
      const lines = callgrindLines({ ...profile, frames });
      const start = lines.indexOf("1 2 1");
      assert.deepEqual(lines.slice(start, start + 3), ["1 2 1", "fi=(3) b.h", "9 3 1"]);
    });
  },
);

function callgrindLines(profile: Profile): string[] {
  return new TextDecoder().decode(callgrind.write(profile)).split("\n");
}

type Row = readonly [name: string, value: number];

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y));
}

/** Reads rows like `15 (62.50%)  ???:f`, without the index that functions of one name have. */
function rowsOf(text: string): Row[] {
  return [...text.matchAll(/^ *([\d,]+) \( *[\d.]+%\) {2}\S+?\.?\w*:(\S.*)$/gm)]
    .map(([, value, name]): Row => [
      name!.replace(/ \[\d+\]$/, ""),
      Number(value!.replaceAll(",", "")),
    ])
    .filter(([name]) => name !== "(outside)");
}
