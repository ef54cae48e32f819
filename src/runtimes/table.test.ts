import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../test/root.ts";
import { runtimes } from "./table.ts";

const folder = join(root, "src", "runtimes", "rows");

test("every row that there is stands in the table, once", () => {
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const names = sources.flatMap((source) => {
    if (!/^export const \w+: Runtime = \{$/m.test(source)) return [];
    return [/^ {2}name: "(.*)",$/m.exec(source)?.[1]];
  });
  assert.deepEqual(runtimes.map(({ name }) => name).toSorted(), names.map(String).toSorted());
});

test("every runtime has a default tier, and names that selectors can tell apart", () => {
  for (const { name, tiers } of runtimes) {
    assert.ok(tiers.length > 0, name);
    for (const word of [name, ...tiers.map((tier) => tier.name)]) assert.doesNotMatch(word, /[@:]/);
    assert.equal(new Set(tiers.map((tier) => tier.name)).size, tiers.length);
  }
});
