import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { exactModes, instrument, Refusal } from "../../src/instrument/index.ts";
import { cache, isRunnable, rows, unprepared } from "./manifest.ts";
import { runRow } from "./run-row.ts";

// Each run is a process of seconds: REAL_ONLY=name,name narrows the table while one program is looked into.
const only = process.env["REAL_ONLY"]?.split(",");
const chosen = rows.filter((row) => isRunnable(row) && (!only || only.includes(row.name)));

it("there are real programs to compare", { skip: unprepared }, () => {
  assert.notEqual(chosen.length, 0);
});

// One suite a program, not one around all: a reporter shows a suite when it ends.
for (const row of chosen)
  describe(`${row.name} (${row.language}, ${(row.sizeBytes / 1e6).toFixed(1)} MB)`, () => {
    const bytes = readFileSync(join(cache, row.file));
    const plain = runRow(row, bytes);

    it("plain: exits as expected, says something, and does the same again", () => {
      assert.equal(plain.exitCode, row.expectedExit ?? 0, plain.stderr);
      const said = plain.stdout + plain.stderr + Object.keys(plain.files).join();
      assert.notEqual(said, "");
      assert.deepEqual(runRow(row, bytes), plain);
    });

    for (const mode of exactModes)
      it(mode, (test) => {
        let instrumented;
        try {
          instrumented = instrument(bytes, { mode, sink: "export" }).bytes;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          return test.skip(`refused: ${error.message}`);
        }
        assert.notEqual(Buffer.compare(instrumented, bytes), 0);
        assert.deepEqual(runRow(row, instrumented), plain);
      });
  });
