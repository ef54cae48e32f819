import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { identity } from "../../src/wasm/index.ts";
import { cache, rows, unprepared } from "./manifest.ts";

describe("rewriting real modules without a change", { skip: unprepared }, () => {
  for (const row of rows)
    it(`${row.name} (${(row.sizeBytes / 1e6).toFixed(1)} MB) keeps its bytes`, () => {
      const bytes = readFileSync(join(cache, row.file));
      const again = identity(bytes);
      // Not deepEqual: its message would print the module.
      assert.equal(again.length, bytes.length);
      assert.equal(Buffer.compare(again, bytes), 0);
    });
});
