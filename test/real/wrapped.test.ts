import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { DumpFilter } from "../../src/collect/exact/dump-filter.ts";
import { parseLastDump, readWasiTable, wrappedMode, wrapWasi } from "../../src/instrument/index.ts";
import { cache, rows, unprepared } from "./manifest.ts";
import { runRow } from "./run-row.ts";

const only = process.env["REAL_ONLY"]?.split(",");
const chosen = rows.filter((row) => row.wasi && (!only || only.includes(row.name)));

/** Without it, and after a trap, nobody is told what the wrappers have counted. */
const closesStderr: ReadonlySet<string> = new Set(["cpp-yosys"]);

describe("wrapping the imports of real programs changes nothing else", { skip: unprepared }, () => {
  for (const row of chosen)
    it(`${row.name} (${row.language}, ${(row.sizeBytes / 1e6).toFixed(1)} MB)`, () => {
      const bytes = readFileSync(join(cache, row.file));
      const wrapped = wrapWasi(bytes, { timed: true, sink: "stderr" });
      const { stderr, ...outcome } = runRow(row, new Uint8Array(wrapped.bytes));
      let said = "";
      const filter = new DumpFilter((piece) => (said += Buffer.from(piece).toString("latin1")));
      filter.write(Buffer.from(stderr, "latin1"));
      filter.end();
      assert.deepEqual({ ...outcome, stderr: said }, runRow(row, bytes));
      const words = parseLastDump(filter.text, wrappedMode);
      if (words === undefined) return assert.ok(closesStderr.has(row.name) || /trap: /.test(said));
      const { functions } = readWasiTable(words, wrapped.functions);
      assert.ok(functions.some(({ calls }) => calls > 0));
    });
});
