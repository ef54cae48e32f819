import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  damaged,
  installed,
  installInto,
  newestInstalled,
} from "../../src/runtimes/install/cache.ts";
import type { Filled, Installed } from "../../src/runtimes/install/cache.ts";

const before = process.env["WASMSCOPE_CACHE"];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wasmscope-cache-"));
  process.env["WASMSCOPE_CACHE"] = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env["WASMSCOPE_CACHE"];
  else process.env["WASMSCOPE_CACHE"] = before;
});

const install = (version: string, content = "engine"): Promise<Installed> =>
  installInto("thing", async (temporary): Promise<Filled> => {
    await writeFile(join(temporary, "engine"), content);
    return { version, source: `test:thing@${version}`, integrity: ["sha256-x"], files: ["engine"] };
  });

const names = (): string[] => readdirSync(join(folder, "runtimes", "thing")).toSorted();

test("finds what was installed by the beginning of its version", async () => {
  for (const version of ["1.2.0", "1.10.0", "2.0.0"]) await install(version);
  assert.equal(newestInstalled("thing")?.version, "2.0.0");
  assert.equal(newestInstalled("thing", "1")?.version, "1.10.0");
  assert.equal(newestInstalled("thing", "3"), undefined);
  assert.deepEqual(installed("other"), []);
});

test("two that install the same leave one, whole", async () => {
  const both = await Promise.all([install("1.0.0", "first"), install("1.0.0", "second")]);
  assert.deepEqual(names(), ["1.0.0"]);
  assert.equal(both[0].folder, both[1].folder);
  assert.deepEqual(await damaged(newestInstalled("thing")!), []);
});

test("an installation that fails leaves nothing", async () => {
  await assert.rejects(
    installInto("thing", () => Promise.reject(new Error("no network"))),
    /no network/,
  );
  assert.deepEqual(names(), []);
});

test("what an installation that was ended has left is not found, and goes after a day", async () => {
  await install("1.0.0");
  const left = join(folder, "runtimes", "thing", ".new-left");
  rmSync(left, { recursive: true, force: true });
  writeFileSync(left, "");
  assert.deepEqual(installed("thing").length, 1);
  await install("1.1.0");
  assert.ok(names().includes(".new-left"));
  const before2Days = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(left, before2Days, before2Days);
  await install("1.2.0");
  assert.ok(!names().includes(".new-left"));
});

test("sees files that were changed or removed", async () => {
  const one = await install("1.0.0");
  writeFileSync(join(one.folder, "engine"), "another");
  assert.deepEqual(await damaged(one), ["engine"]);
  rmSync(join(one.folder, "engine"));
  assert.deepEqual(await damaged(one), ["engine"]);
});
