import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, test } from "node:test";
import { loadManifest } from "../../src/bench/workloads.ts";
import { DumpFilter } from "../../src/collect/exact/dump-filter.ts";
import { parseLastDump, readWasiTable, wrappedMode, wrapWasi } from "../../src/instrument/index.ts";
import { root } from "../root.ts";
import { inputBytes } from "../workloads/inputs.ts";
import { runInNode } from "../workloads/run-in-node.ts";

const folder = mkdtempSync(join(tmpdir(), "wrapped-"));
after(() => rmSync(folder, { recursive: true, force: true }));

// The kernels are one program many times.
const rows = loadManifest().workloads.filter(({ group }) => group !== "polybench");

describe("programs with wrapped imports print what they print without", () => {
  for (const { name, file, dirs, sizes } of rows)
    test(name, () => {
      const { args, stdin, stdoutSha256 } = sizes.mini;
      const { bytes, functions } = wrapWasi(readFileSync(join(root, file)), {
        timed: true,
        sink: "stderr",
      });
      const wrapped = join(folder, basename(file));
      writeFileSync(wrapped, bytes);
      const given = { args, dirs, ...(stdin !== undefined && { stdin: inputBytes(stdin) }) };
      const { exitCode, stdout, stderr } = runInNode(wrapped, given);
      let said = "";
      const filter = new DumpFilter((piece) => (said += Buffer.from(piece).toString()));
      filter.write(Buffer.from(stderr));
      filter.end();
      assert.equal(said, runInNode(join(root, file), given).stderr);
      assert.equal(exitCode, 0);
      assert.equal(createHash("sha256").update(stdout).digest("hex"), stdoutSha256);
      const table = readWasiTable(parseLastDump(filter.text, wrappedMode)!, functions);
      const written = table.functions.find((one) => one.name === "fd_write")!;
      assert.ok(written.calls > 0 && written.movedBytes >= stdout.length);
      for (const { calls, histogram } of table.functions.filter((one) => one.name !== "proc_exit"))
        assert.equal(
          histogram.reduce((sum, count) => sum + count, 0),
          calls,
        );
    });
});
