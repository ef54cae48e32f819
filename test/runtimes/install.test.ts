// Installs from registries whose clients are little scripts of ours, which say what the real ones say.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { InstallError } from "../../src/runtimes/index.ts";
import { damaged } from "../../src/runtimes/install/cache.ts";
import { installFromNpm } from "../../src/runtimes/install/npm.ts";
import { installFromPypi } from "../../src/runtimes/install/pypi.ts";

const { PATH: path, WASMSCOPE_CACHE: cache } = process.env;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wasmscope-install-"));
  mkdirSync(join(folder, "bin"));
  process.env["PATH"] = join(folder, "bin") + delimiter + path;
  process.env["WASMSCOPE_CACHE"] = join(folder, "cache");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env["PATH"] = path;
  if (cache === undefined) delete process.env["WASMSCOPE_CACHE"];
  else process.env["WASMSCOPE_CACHE"] = cache;
});

function program(name: string, script: string): void {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/calls\n${script}\n`);
  chmodSync(file, 0o755);
}

const calls = (): string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

/** An archive as npm has it, with one program. */
function archive(): { file: string; integrity: string } {
  mkdirSync(join(folder, "package", "bin"), { recursive: true });
  writeFileSync(join(folder, "package", "bin", "engine"), "an engine");
  const file = join(folder, "engine-1.2.3.tgz");
  spawnSync("tar", ["-czf", file, "-C", folder, "package"]);
  const hash = createHash("sha512").update(readFileSync(file)).digest("base64");
  return { file, integrity: `sha512-${hash}` };
}

function fakeNpm(integrity: string): void {
  const { file } = archive();
  program(
    "npm",
    `case "$1" in
      pack) for last; do :; done; cp ${file} "$last/"
        echo '[{"name":"engine","version":"1.2.3","filename":"engine-1.2.3.tgz"}]';;
      view) case "$3" in version) echo '"1.2.3"';; *) echo '"${integrity}"';; esac;;
    esac`,
  );
}

describe("npm", () => {
  const wanted = { name: "engine", version: "1", files: ["bin/engine"] };

  test("unpacks what has the registry's hash, once", async () => {
    const { integrity } = archive();
    fakeNpm(integrity);
    const lines: string[] = [];
    const first = await installFromNpm("engine", wanted, (line) => lines.push(line));
    assert.equal(readFileSync(join(first.folder, "bin", "engine"), "utf8"), "an engine");
    assert.deepEqual([first.version, first.receipt.source], ["1.2.3", "npm:engine@1.2.3"]);
    assert.deepEqual(first.receipt.integrity, [integrity]);
    assert.deepEqual(await damaged(first), []);
    const before = calls().length;
    const second = await installFromNpm("engine", wanted, (line) => lines.push(line));
    assert.equal(second.folder, first.folder);
    assert.equal(calls().length, before, "the registry is not asked for what is there");
    assert.match(lines.at(-1)!, /already$/);
  });

  test("asks the registry which version is the newest", async () => {
    fakeNpm(archive().integrity);
    const newest = { ...wanted, version: undefined };
    await installFromNpm("engine", newest, () => {});
    await installFromNpm("engine", newest, () => {});
    assert.equal(calls().filter((line) => line.startsWith("pack")).length, 1);
  });

  test("refuses what has another hash", async () => {
    fakeNpm("sha512-other");
    await assert.rejects(
      installFromNpm("engine", wanted, () => {}),
      (error: Error) => {
        assert.ok(error instanceof InstallError);
        return /the registry says sha512-other/.test(error.message);
      },
    );
  });

  test("says what npm says", async () => {
    program("npm", 'echo "npm error 404 no such package" >&2; exit 1');
    await assert.rejects(
      installFromNpm("engine", wanted, () => {}),
      /404 no such package/,
    );
  });
});

describe("PyPI", () => {
  const wanted = { name: "engine", version: "0.19.0", files: ["lib/engine.so"] };

  test("unpacks a wheel, and keeps the hash that pip has checked", async () => {
    program(
      "python3",
      `while [ $# -gt 0 ]; do
        case "$1" in --target) target=$2;; --report) report=$2;; esac; shift
      done
      mkdir -p $target/lib; echo engine > $target/lib/engine.so
      echo '{"install":[{"metadata":{"version":"0.19.0"},
        "download_info":{"archive_info":{"hashes":{"sha256":"abc"}}}}]}' > $report`,
    );
    const { version, folder: at, receipt } = await installFromPypi("engine", wanted, () => {});
    assert.equal(version, "0.19.0");
    assert.equal(readFileSync(join(at, "lib", "engine.so"), "utf8"), "engine\n");
    assert.deepEqual(receipt.integrity, ["sha256-abc"]);
    assert.match(calls()[0]!, /--no-deps .*--only-binary :all: .*engine==0\.19\.0\.\*$/);
  });

  test("says what pip says", async () => {
    program("python3", 'echo "ERROR: No matching distribution found" >&2; exit 1');
    await assert.rejects(
      installFromPypi("engine", wanted, () => {}),
      /No matching distribution/,
    );
  });
});
