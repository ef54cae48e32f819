// Rows whose programs users bring themselves, with programs that only say what they are given.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { runCold, runtimes } from "../../src/runtimes/index.ts";
import type { Found, RunJob, Runtime } from "../../src/runtimes/index.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-programs-"));
const before = { PATH: process.env["PATH"], WASMSCOPE_CACHE: process.env["WASMSCOPE_CACHE"] };
process.env["PATH"] = `${folder}${delimiter}${before.PATH ?? ""}`;
// Nothing is installed.
process.env["WASMSCOPE_CACHE"] = join(folder, "cache");
after(() => {
  Object.assign(process.env, before);
  if (before.WASMSCOPE_CACHE === undefined) delete process.env["WASMSCOPE_CACHE"];
  rmSync(folder, { recursive: true, force: true });
});

/** Makes programs that say their version, write the last file that they are given where they compile, or list all. */
function program(name: string, version: string): void {
  const path = join(folder, name);
  writeFileSync(
    path,
    `#!/bin/sh
case "$1" in
  --version) echo "${name} ${version}" ;;
  compile) echo compiled > "$3" ;;
  -o) echo compiled > "$2" ;;
  *) for each; do echo "$each"; done ;;
esac
`,
  );
  chmodSync(path, 0o755);
}

const job: RunJob = {
  module: "/m.wasm",
  args: ["name", "one", "-two"],
  env: { KEY: "a value" },
  dirs: [{ host: "/tmp", guest: "." }],
};
const invoked: RunJob = { ...job, invoke: { name: "add", args: ["1", "-2"] } };

/** What each row's program is given for a program and for a function. */
const given: Readonly<Record<string, readonly [string, string]>> = {
  wamr: [
    "--stack-size=8388608 --map-dir=.::/tmp --env=KEY=a value /m.wasm one -two",
    "--stack-size=8388608 --map-dir=.::/tmp --env=KEY=a value -f add /m.wasm 1 -2",
  ],
  wasmedge: [
    "--dir .:/tmp --env KEY=a value -- /m.wasm one -two",
    "--dir .:/tmp --env KEY=a value --reactor -- /m.wasm add 1 -2",
  ],
};
const rows = runtimes.filter(({ name }) => given[name] !== undefined);

for (const runtime of rows)
  test(`${runtime.name} is missing with a way to get it where it is not on the PATH`, async () => {
    const found = await runtime.find("9.9");
    if (found.found) assert.fail("it is there");
    assert.match(found.mend, /^(apt-get|wasmscope runtimes) install \S+$/);
  });

for (const runtime of rows)
  test(`${runtime.name} on the PATH is used as it is, and compiles ahead`, async () => {
    const programs = { wamr: ["iwasm", "wamrc"], wasmedge: ["wasmedge"] }[runtime.name]!;
    for (const name of programs) program(name, "2.3.4");
    const found = await runtime.find("2.3");
    assert.ok(found.found, JSON.stringify(found));
    assert.deepEqual([found.version, found.without], ["2.3.4", undefined]);
    const [plain, called] = given[runtime.name]!;
    assert.equal(await ran(runtime, found, job), plain);
    assert.equal(await ran(runtime, found, invoked), called);
    const ahead = runtime.tiers.find(({ name }) => name === "ahead")!;
    const prepared = await runtime.prepare!(found, ahead, { module: "/m.wasm", folder });
    assert.equal(prepared.bytes, "compiled\n".length);
    const [first] = runtime.tiers;
    const unprepared = await runtime.prepare!(found, first!, { module: process.execPath, folder });
    assert.equal(unprepared.artefact, process.execPath);
  });

async function ran(runtime: Runtime, found: Found, what: RunJob): Promise<string> {
  const stdout = join(folder, "stdout");
  await runCold(runtime.command(found, runtime.tiers[0]!, what), { stdout });
  return readFileSync(stdout, "utf8").trim().split("\n").join(" ");
}
