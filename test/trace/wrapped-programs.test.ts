import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, test } from "node:test";
import { loadManifest } from "../../src/bench/workloads.ts";
import { DumpFilter } from "../../src/collect/exact/dump-filter.ts";
import { parseLastDump, readWasiTable, wrappedMode, wrapWasi } from "../../src/instrument/index.ts";
import { wasmtimeCli } from "../../src/runtimes/rows/wasmtime-cli.ts";
import { observeTimed } from "../../src/trace/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
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

const wasmtime = await wasmtimeCli.find();

describe(
  "they do under wasmtime, too",
  wasmtime.found ? {} : missing(`${wasmtime.why}: ${wasmtime.mend}`),
  () => {
    for (const { name, file, dirs, sizes } of rows.filter(({ group }) => group !== "kernel"))
      test(name, async () => {
        assert.ok(wasmtime.found);
        const { args, stdin, stdoutSha256 } = sizes.mini;
        const work = mkdtempSync(join(folder, "work-"));
        const input = join(folder, "stdin");
        writeFileSync(input, stdin === undefined ? "" : inputBytes(stdin));
        const paths = [input, join(folder, "stdout"), join(folder, "stderr")] as const;
        const [from, to, errors] = [
          openSync(paths[0], "r"),
          openSync(paths[1], "w"),
          openSync(paths[2], "w"),
        ];
        const seen = await observeTimed(
          { runtime: wasmtimeCli, found: wasmtime, tier: wasmtimeCli.tiers[0]! },
          {
            module: join(root, file),
            names: [],
            args: [name, ...args],
            env: {},
            dirs: dirs.map(([host, guest]) => ({ host: host === "work" ? work : root, guest })),
            stdin: from,
            stdout: to,
            stderr: errors,
          },
        );
        for (const descriptor of [from, to, errors]) closeSync(descriptor);
        assert.equal(seen.exitCode, 0);
        const printed = createHash("sha256").update(readFileSync(paths[1])).digest("hex");
        assert.equal(printed, stdoutSha256);
        assert.doesNotMatch(readFileSync(paths[2], "utf8"), /~wasmscope/);
        assert.ok(seen.functions.some(({ calls }) => calls > 0));
      });
  },
);
