// Real names and what their compilers' own tools make of them. BLESS=1 rewrites the files.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { demangle } from "../../src/symbols/index.ts";
import { root } from "../root.ts";

for (const language of ["cxx", "rust"]) {
  test(`demangles the ${language} names of the corpus`, () => {
    const file = join(root, "test/golden/symbols", `${language}.txt`);
    const expected = readFileSync(file, "utf8");
    const names = expected
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(0, line.indexOf("\t")));
    const found = names.map((name) => `${name}\t${demangle(name)}\n`).join("");
    if (process.env["BLESS"] === "1") writeFileSync(file, found);
    else assert.equal(found, expected);
    assert.ok(names.length > 200);
  });
}

test("demangles 100,000 names in two seconds", () => {
  const names = ["cxx", "rust"].flatMap((language) =>
    readFileSync(join(root, "test/golden/symbols", `${language}.txt`), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(0, line.indexOf("\t"))),
  );
  let length = 0;
  const start = process.cpuUsage();
  for (let done = 0; done < 100_000; done++) length += demangle(names[done % names.length]!).length;
  // Time of the processor, so that other work on the machine does not count.
  const { user, system } = process.cpuUsage(start);
  assert.ok(length > 100_000);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1e6} s`);
});
