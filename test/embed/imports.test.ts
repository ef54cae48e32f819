import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";

/** Follows the imports of a compiled file and returns all that are reached, files and others. */
function reached(file: string, seen: Set<string>): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, named, bare] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export|\}).* from "([^"]+)"|^import "([^"]+)"/gm,
  )) {
    const from = (named ?? bare)!;
    if (from.startsWith(".")) reached(join(dirname(file), from), seen);
    else seen.add(from);
  }
  return seen;
}

test("a page can load all that embedding imports", () => {
  const built = join(root, ".build/src");
  const files = [...reached(join(built, "embed/index.js"), new Set())];
  assert.ok(files.length > 30, "imports are found");
  assert.deepEqual(
    files.filter((file) => !file.startsWith(built)),
    [],
  );
  const folders = new Set(files.map((file) => relative(built, file).split("/")[0]));
  assert.ok(folders.has("instrument") && !folders.has("runtimes") && !folders.has("sys"));
});
