import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { callTool, inFolder } from "../cli/run.ts";
import { missing } from "../skip.ts";

function duckdb(): { readonly skip?: string } {
  try {
    createRequire(import.meta.url).resolve("@duckdb/node-api");
    return {};
  } catch {
    return missing("DuckDB is not there; npm install @duckdb/node-api");
  }
}

const base = {
  run: "r",
  time: "2026-01-01T00:00:00Z",
  machine: "m",
  arm: "a'b",
  module: "x",
  level: "cold",
};
const lines = [
  { schema: "wasmscope-machine-1", machine: "m", cpu: "fast", cores: 2 },
  {
    schema: "wasmscope-bench-1",
    ...base,
    block: 0,
    metric: "total",
    unit: "ns",
    by: "wall",
    value: 10.5,
  },
  {
    schema: "wasmscope-bench-1",
    ...base,
    block: 1,
    metric: "total",
    unit: "ns",
    by: "wall",
    value: 12.5,
  },
  { schema: "wasmscope-bench-failure-1", ...base, block: 2, failed: "crash", message: "oh" },
];

const inRecords = (run: (file: string, folder: string) => Promise<void>) => () =>
  inFolder((folder) => {
    const file = join(folder, "it's.jsonl");
    // A last line that was cut off stands behind them.
    writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"schema":"wasm`);
    return run(file, folder);
  });

test(
  "records, failures and machines are tables",
  duckdb(),
  inRecords(async (file) => {
    const { code, stdout, stderr } = await callTool(
      "query",
      "SELECT arm, count(*) AS n, avg(value) AS mean FROM records WHERE via = 'wall' GROUP BY arm;",
      file,
      "--json",
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), [{ arm: "a'b", n: 2, mean: 11.5 }]);
    const failures = await callTool("query", "SELECT failed, message FROM failures", file);
    assert.equal(failures.stdout, "failed  message\ncrash        oh\n");
    const machines = await callTool("query", "SELECT cpu, cores FROM machines", file);
    assert.equal(machines.stdout, "cpu   cores\nfast      2\n");
  }),
);

test(
  "an answer goes to a Parquet file that reads back",
  duckdb(),
  inRecords(async (file, folder) => {
    const parquet = join(folder, "out.parquet");
    await callTool(
      "query",
      "SELECT block, value FROM records ORDER BY block",
      file,
      "--parquet",
      parquet,
    );
    assert.ok(existsSync(parquet));
    const back = await callTool(
      "query",
      `SELECT sum(value) AS s FROM '${parquet.replaceAll("'", "''")}'`,
      file,
    );
    assert.equal(back.stdout, "s\n23\n");
  }),
);

test(
  "what SQL does not say is said in DuckDB's words, in one line",
  duckdb(),
  inRecords(async (file) => {
    const { code, stderr } = await callTool("query", "SELECT nothing FROM records", file);
    assert.equal(code, 125);
    assert.match(stderr, /nothing/);
    assert.equal(stderr.trim().split("\n").length, 1);
  }),
);

test("a file that is not there is named", async () => {
  const { code, stderr } = await callTool("query", "FROM records", "absent.jsonl");
  assert.equal(code, 125);
  assert.match(stderr, /absent\.jsonl: no such file/);
});
