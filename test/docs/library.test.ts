// Runs the programs of docs/library.md, and looks at whether its other pieces are JavaScript.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "../root.ts";

const page = readFileSync(join(root, "docs/library.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "wasmscope-library-"));
after(() => rmSync(folder, { recursive: true, force: true }));
for (const file of ["LICENSE", "examples/wordcount/wordcount.wasm", "workloads/fib.wasm"]) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(join(root, file), join(folder, file));
}

function blocks(language: string): string[] {
  return Array.from(
    page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm")),
    ([, content]) => content!,
  );
}

function run(program: string, name: string): string {
  const file = join(folder, `${name}.mjs`);
  const linked = program.replaceAll(/"wasmscope\/(\w+)"/g, (_, part: string) =>
    JSON.stringify(pathToFileURL(join(root, ".build/src", part, "index.js")).href),
  );
  writeFileSync(file, linked);
  const args = ["--no-warnings", file];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

describe("docs/library.md", () => {
  const [wasi, sync, intercepted, ...more] = blocks("js");

  it("profiles a WASI program of an own host, with the counts of the command", () => {
    const shown = run(wasi!, "wasi");
    assert.match(shown, /WordCount::split/);
    assert.match(readFileSync(join(folder, "words.svg"), "utf8"), /<svg/);
    const main = join(root, ".build/src/cli/main.js");
    const args = [
      main,
      "profile",
      "--dir",
      ".",
      "examples/wordcount/wordcount.wasm",
      "--",
      "LICENSE",
    ];
    const { stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    const total = /100\.00 % +([\d,]+) .*\(all\)/.exec(stderr)?.[1];
    assert.ok(total !== undefined && total.length > 6, stderr);
    assert.ok(shown.includes(` ${total} `), `${total} in ${shown}`);
  });

  it("counts from a reset on", () => {
    // The calls of fib(10), and not those of fib(5) before it.
    assert.match(run(sync!, "sync"), /^fib 177 \d+$/m);
  });

  it("profiles what others instantiate", () => {
    assert.match(run(intercepted!, "intercepted"), /^blocks [1-9]/);
    assert.equal(more.length, 0);
  });

  it("shows glue in JavaScript that can be parsed", () => {
    const pieces = blocks("javascript");
    assert.equal(pieces.length, 3);
    for (const [nth, piece] of pieces.entries()) {
      const file = join(folder, `glue-${nth}.mjs`);
      writeFileSync(file, piece);
      const { status, stderr } = spawnSync(process.execPath, ["--check", file], {
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
    }
  });
});
