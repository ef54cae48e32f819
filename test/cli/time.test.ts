import assert from "node:assert/strict";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { countRun } from "../../src/collect/index.ts";
import { root } from "../root.ts";
import { copies, exits, traps } from "./guests.ts";
import { inFolder, spawnTool } from "./run.ts";

const workload = (name: string): string => join(root, "workloads", `${name}.wasm`);

interface Report {
  readonly mode: string;
  readonly totals: { readonly calls: number; readonly time: number };
  readonly functions: readonly {
    readonly name: string;
    readonly calls: number;
    readonly selfTime: number;
    readonly host?: true;
    readonly estimated?: true;
  }[];
  readonly notes: readonly string[];
}

function timed(...args: readonly string[]): Report {
  const { code, stdout, stderr } = spawnTool(["profile", "--mode", "time", "--json", ...args]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Report;
}

function callsOf({ functions }: Report): Map<string, number> {
  const own = functions.filter(({ host, calls }) => host !== true && calls > 0);
  return new Map(own.map(({ name, calls }) => [name, calls]));
}

test("times a program, with the calls that mode calls counts", () => {
  const file = workload("json");
  const counted = spawnTool(["profile", "-m", "calls", "--json", file, "--", "20", "2"]);
  const exact = JSON.parse(counted.stdout) as Report;
  const expected = new Map(exact.functions.map(({ name, calls }) => [name, calls] as const));
  const calibrated = timed("--calibrate", file, "--", "20", "2");
  for (const report of [timed(file, "--", "20", "2"), calibrated]) {
    assert.equal(report.mode, "time");
    assert.deepEqual(callsOf(report), new Map([...expected].filter(([, calls]) => calls > 0)));
    const sum = report.functions.reduce((all, { selfTime }) => all + selfTime, 0);
    assert.equal(sum, report.totals.time);
    assert.ok(sum > 0);
    assert.ok(report.functions.some(({ estimated }) => estimated));
    assert.ok(report.functions.some(({ name, host }) => host && name.includes("fd_write")));
  }
});

test("counts beforehand with the input that the timed run gets", async () => {
  await inFolder(async (folder) => {
    const [file, text] = [join(folder, "copies.wasm"), join(folder, "input")];
    writeFileSync(file, copies);
    writeFileSync(text, "line\n".repeat(2000));
    const stdin = openSync(text, "r");
    const guest = { args: [], env: {}, dirs: [], stdio: { stdin } };
    const { functions } = await countRun(copies, { guest });
    closeSync(stdin);
    // 10,000 bytes in pieces of 4,096.
    assert.ok(functions.some(([, calls]) => calls === 3));
    const input = readFileSync(text, "utf8");
    const args = ["profile", "-q", "-m", "time", "--calibrate", file];
    assert.equal(spawnTool(args, { input }).stdout, input);
  });
});

test("times those functions that are named", () => {
  const run = (...options: readonly string[]): string[] =>
    timed(...options, workload("complex-simple"), "--", "50")
      .functions.filter(({ estimated, host, calls }) => !estimated && !host && calls > 1)
      .map(({ name }) => name)
      .filter((name) => name === "complex" || name === "simple")
      .toSorted();
  assert.deepEqual(run("--only", "simple", "--budget", "1000%"), ["simple"]);
  assert.deepEqual(run("--skip", "simple", "--budget", "1000%"), ["complex"]);
});

test("ends with the guest's code, and shows estimates and milliseconds", async () => {
  await inFolder((folder) => {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, exits(42));
    const ended = spawnTool(["profile", "-m", "time", file]);
    assert.deepEqual([ended.code, ended.stdout], [42, "to stdout\n"]);
    writeFileSync(file, traps);
    const trapped = spawnTool(["profile", "-m", "time", file]);
    assert.equal(trapped.code, 134);
    assert.match(trapped.stderr, /self time, ms/);
    assert.match(trapped.stderr, /at deep \(0x[0-9a-f]+\)\n +at middle \(0x[0-9a-f]+\)\n/);
    const { stderr } = spawnTool(["profile", "-m", "time", workload("fib"), "--", "25"]);
    assert.match(stderr, /≈ +\d+\.\d\d % +\d+\.\d{3} .* fib\n/);
  });
});

test("reproduces the designs of an instrumenting profiler", async () => {
  await inFolder((folder) => {
    const args = ["reproduce", "instrument", "--quick", "--repetitions", "1"];
    const { code, stdout, stderr } = spawnTool([...args, "--json", "-o", folder]);
    assert.equal(code, 0, stderr);
    const rows = JSON.parse(stdout.slice(0, stdout.lastIndexOf("]") + 1)) as {
      readonly design: string;
      readonly complexPercent?: number;
    }[];
    const designs = ["plain", "hash-map", "tree", "time", "calibrated", "sampled", "insns"];
    assert.deepEqual(
      rows.map(({ design }) => design),
      designs,
    );
    // The only one without noise.
    assert.ok(Math.abs(rows.at(-1)!.complexPercent! - 80) < 0.1);
    assert.match(readFileSync(join(folder, "fib-15.folded"), "utf8"), /fib;fib;fib/);
    assert.ok(existsSync(join(folder, "fib-15.svg")));
  });
});
