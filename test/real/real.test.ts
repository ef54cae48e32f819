import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { cache, isRunnable, rows, unprepared } from "./manifest.ts";
import { runRow } from "./run-row.ts";

describe("real programs", { skip: unprepared }, () => {
  for (const row of rows.filter(isRunnable))
    describe(`${row.name} (${row.language}, ${(row.sizeBytes / 1e6).toFixed(1)} MB)`, () => {
      const bytes = readFileSync(join(cache, row.file));
      const plain = runRow(row, bytes);

      it("exits as expected, says something, and does the same again", () => {
        assert.equal(plain.exitCode, row.expectedExit ?? 0, plain.stderr);
        const said = plain.stdout + plain.stderr + Object.keys(plain.files).join();
        assert.notEqual(said, "");
        assert.deepEqual(runRow(row, bytes), plain);
      });
    });
});
