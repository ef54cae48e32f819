import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { runtimes } from "../../src/runtimes/index.ts";
import { callTool } from "./run.ts";

const before = process.env["WASMSCOPE_CACHE"];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wasmscope-runtimes-"));
  process.env["WASMSCOPE_CACHE"] = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env["WASMSCOPE_CACHE"];
  else process.env["WASMSCOPE_CACHE"] = before;
});

interface Row {
  readonly name: string;
  readonly found: boolean;
  readonly version?: string;
  readonly tiers: readonly string[];
  readonly why?: string;
  readonly mend?: string;
}

const list = async (...args: string[]): Promise<Row[]> => {
  const { code, stdout } = await callTool("runtimes", "list", "--json", ...args);
  assert.equal(code, 0);
  return (JSON.parse(stdout) as { runtimes: Row[] }).runtimes;
};

test("lists all runtimes, with why those that are missing are", async () => {
  const rows = await list();
  assert.deepEqual(
    rows.map(({ name }) => name),
    runtimes.map(({ name }) => name),
  );
  for (const { name, found, version, why, mend, tiers } of rows) {
    assert.ok(tiers.length > 0, name);
    if (found) assert.ok(version !== undefined, name);
    else assert.ok(why !== undefined && mend !== undefined, name);
  }
  const node = rows.find(({ name }) => name === "node");
  assert.equal(node?.version, process.versions.node);
  // Nothing of it is on anyone's PATH.
  assert.equal(rows.find(({ name }) => name === "wasmtime")?.found, false);
});

test("lists what it is asked for", async () => {
  assert.deepEqual(
    (await list("node@1")).map(({ name, found, mend }) => ({ name, found, mend })),
    [{ name: "node", found: false, mend: "wasmscope runtimes install node@1" }],
  );
});

test("prints a table for people", async () => {
  const { stdout } = await callTool("runtimes", "list", "node", "wasmtime@0.19.0");
  const lines = stdout.split("\n");
  assert.match(lines[1]!, /^node +\d+\.\d+\.\d+ +default liftoff turbofan$/);
  assert.match(
    lines[2]!,
    /^wasmtime +- +wasmtime@0.19.0 is not installed; type: wasmscope runtimes install wasmtime@0.19.0$/,
  );
});

test("the doctor says what is missing and damaged, and one command for all", async () => {
  const install = join(folder, "runtimes", "node", "1.2.3");
  mkdirSync(install, { recursive: true });
  const files = [{ path: "bin/node", sha256: "0".repeat(64) }];
  const receipt = { schema: "wasmscope-receipt-1", runtime: "node", version: "1.2.3", files };
  writeFileSync(join(install, "receipt.json"), JSON.stringify(receipt));
  const { code, stdout } = await callTool("runtimes", "doctor", "node", "wasmtime@0.19.0");
  assert.equal(code, 1);
  assert.match(stdout, /node 1\.2\.3: changed since it was installed: bin\/node/);
  assert.match(stdout, /wasmtime@0.19.0: wasmtime@0.19.0 is not installed/);
  assert.match(
    stdout,
    /All at once:\n {4}.*rm -r .* && .*wasmscope runtimes install wasmtime@0.19.0\n$/,
  );
});

for (const [what, args, message] of [
  ["what it does not do", ["remove"], /there is no remove; there are list, install, doctor/],
  ["a runtime that nobody knows", ["install", "node", "nope"], /no runtime has the name "nope"/],
  ["no name", ["install"], /which runtimes\?/],
] as const) {
  test(`refuses ${what}`, async () => {
    const { code, stderr } = await callTool("runtimes", ...args);
    assert.equal(code, 125);
    assert.match(stderr, message);
  });
}
