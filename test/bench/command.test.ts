import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readRecords } from "../../src/bench/index.ts";
import type { BenchRecord } from "../../src/bench/index.ts";
import { callTool, inFolder, script, spawnTool } from "../cli/run.ts";

test("a bench of the command line: table, records, JSON", () =>
  inFolder((folder) => {
    const output = join(folder, "records.jsonl");
    const args = ["bench", "fib", "-r", "node", "-n", "2", "--level", "warm", "-o", output];
    const table = spawnTool(args);
    assert.equal(table.code, 0, table.stderr);
    assert.match(table.stdout, /^fib mini, 2 blocks; {2}warm: a fresh instance of a kept module\n/);
    assert.match(table.stdout, /phases of node@\S+: instantiate/);
    const first = readRecords(readFileSync(output, "utf8"), output).length;
    const json = spawnTool([...args, "--json"]);
    const { tables, machine } = JSON.parse(json.stdout) as {
      tables: { arms: { blocks: number }[] }[];
      machine: { cores: number };
    };
    assert.equal(tables[0]!.arms[0]!.blocks, 2);
    assert.ok(machine.cores > 0);
    // The second run's records stand behind those of the first.
    assert.ok(readRecords(readFileSync(output, "utf8"), output).length > first);
  }));

test("Ctrl-C keeps the records and leaves no child", { skip: process.platform !== "linux" }, () =>
  inFolder(async (folder) => {
    const output = join(folder, "records.jsonl");
    const args = ["bench", "fib", "--budget", "10m", "--precision", "0.01%", "-o", output];
    const tool = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    tool.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    const closed = once(tool, "close");
    const lines = (): number =>
      existsSync(output) ? readFileSync(output, "utf8").split("\n").length : 0;
    while (lines() < 30 && tool.exitCode === null) await pause(20);
    const children = descendants(tool.pid!);
    tool.kill("SIGINT");
    const [code] = (await closed) as [number];
    assert.equal(code, 130);
    assert.match(stdout, /until it was ended; {2}cold/);
    assert.ok(readRecords(readFileSync(output, "utf8"), output).length >= 29);
    while (children.some((pid) => existsSync(`/proc/${pid}/exe`))) await pause(20);
  }),
);

function descendants(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  const own = text
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
  return own.flatMap((child) => [
    child,
    ...(existsSync(`/proc/${child}`) ? descendants(child) : []),
  ]);
}

const record = (run: string, block: number, value: number, unit: "ns" | "count"): BenchRecord => ({
  schema: "wasmscope-bench-1",
  run,
  time: "2026-01-01T00:00:00.000Z",
  machine: "m",
  arm: "node@1",
  armIndex: 0,
  runtime: "node",
  version: "1",
  tier: "default",
  family: "V8",
  module: "app.wasm",
  moduleSha256: "",
  size: "",
  level: "cold",
  block,
  process: block,
  iteration: 0,
  metric: unit === "ns" ? "total" : "instructions",
  unit,
  by: unit === "ns" ? "wall" : "profile",
  value,
});

/** Times around a middle, different from block to block, and a count. */
function file(path: string, middleNs: number, count: number): string {
  const times = Array.from({ length: 12 }, (_, block) =>
    record("r", block, middleNs * (1 + ((block * 7) % 12) / 600), "ns"),
  );
  const lines = [...times, record("r", 0, count, "count")];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

test("compare: times by intervals, counts exactly, and the exit code for CI", () =>
  inFolder(async (folder) => {
    const old = file(join(folder, "old.jsonl"), 1e6, 1000);
    const slow = file(join(folder, "slow.jsonl"), 1.1e6, 1000);
    const more = file(join(folder, "more.jsonl"), 1e6, 1080);
    const same = await callTool("bench", "compare", old, old);
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stdout, /0 slower by more than 5 %, 0 faster, 0 uncertain, 2 the same/);
    const slower = await callTool("bench", "compare", old, slow);
    assert.equal(slower.code, 1);
    assert.match(slower.stdout, /cold total +1\.01 ms +1\.11 ms +1\.10x .*slower/);
    assert.equal((await callTool("bench", "compare", old, slow, "--fail-over", "15%")).code, 0);
    const counted = await callTool("bench", "compare", old, more);
    assert.equal(counted.code, 1);
    assert.match(counted.stdout, /instructions +1000 +1080 +1\.080000 +exact +slower/);
    assert.equal((await callTool("bench", "compare", slow, old)).code, 0);
  }));

for (const [what, args, message] of [
  ["an unknown runtime", ["bench", "fib", "-r", "nose"], /there are: node/],
  ["an unknown tier", ["bench", "fib", "-r", "node:fast"], /node:liftoff/],
  ["an unknown module", ["bench", "nothing"], /no such file, workload or group/],
  ["a size that a row has not", ["bench", "fib", "--size", "medium"], /mini, large/],
  ["a strange level", ["bench", "fib", "--level", "icy"], /cold, warm, hot/],
  ["a strange budget", ["bench", "fib", "--budget", "soon"], /duration/],
  ["one file to compare", ["bench", "compare", "old"], /two files/],
] as const) {
  test(`${what} is one line and exit code 125`, async () => {
    const { code, stderr } = await callTool(...args);
    assert.equal(code, 125);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1);
  });
}

test("a file that has no records is said to be none", () =>
  inFolder(async (folder) => {
    const path = join(folder, "other.jsonl");
    writeFileSync(path, '{"a":1}\n');
    const { code, stderr } = await callTool("bench", "compare", path, path);
    assert.equal(code, 125);
    assert.match(stderr, /other\.jsonl: line 1 is no record/);
  }));
